"""What a step raises where a recording has nothing that it can work on."""


class BadRecordingError(Exception):
    """There is nothing to work on: a status and the reason."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
