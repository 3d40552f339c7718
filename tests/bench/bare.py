"""The least a Flask application can do, as a measure for what ours does."""

from flask import Flask

app = Flask(__name__)
app.add_url_rule("/", "page", lambda: "<!doctype html><title>Contoh</title>")
