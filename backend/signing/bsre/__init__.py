"""The national signing service (BSrE E-Sign Client Service), versions 1 and 2, as a provider."""
