"""Which failure of a model is worth a second try.

Owns one distinction that the catalogue of errors does not make, because no client needs it: a
service that is down may be up in a moment, a service that refuses us will refuse us again.
"""

from robi.errors import BrainBlocked, BrainError, BrainUnavailable, ServerBusy


class BrainRefused(BrainUnavailable):
    """The service understood and said no: a wrong key, an unknown model, a request it rejects.

    To a client this is `BrainUnavailable`; to the gate it says that asking again is in vain.
    """


def worth_retrying(error: BrainError) -> bool:
    """Tell whether the same question may fare better in a moment."""
    return not isinstance(error, BrainRefused | BrainBlocked | ServerBusy)
