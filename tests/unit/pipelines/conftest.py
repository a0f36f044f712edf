"""Examples are judged by what they give, not by how long a busy machine took."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
