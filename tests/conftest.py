"""Settings of the whole suite."""

from hypothesis import settings

# a busy machine is no reason to fail, and the fast tier stays fast
settings.register_profile("hub", deadline=None, max_examples=40)
settings.load_profile("hub")
