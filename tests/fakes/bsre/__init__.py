"""A stand-in of the national E-Sign Client Service: really HTTP, really signing, made to misbehave.

It follows the public description of the service's versions 1 and 2 and nothing of Centang's code:
PDFs are signed by pyHanko under a throw-away authority with a time stamp (PAdES B-T, no evidence).
"""

from tests.fakes.bsre.house import CREDENTIALS, Fault, House, Subscriber
from tests.fakes.bsre.server import BsreServer

__all__ = ["CREDENTIALS", "BsreServer", "Fault", "House", "Subscriber"]
