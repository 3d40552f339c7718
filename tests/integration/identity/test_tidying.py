from datetime import timedelta

import pyotp
import pytest

from backend.core.errors import DomainError
from backend.identity import failures, once, totp
from backend.identity.models import ConsumedOnce, FailureCounter, RefreshToken, UsedTotpStep
from backend.identity.tidying import tidy


def test_only_what_can_no_longer_matter_is_removed(work, owner, services, clock, browser_of):
    browser_of(owner)
    code = pyotp.TOTP(owner.secret).at(work.now)
    totp.consume(work, owner.id, code, work.now, keys=services.master_key)
    once.consume(work, "tick+jwt", "sekali-saja", work.now + timedelta(hours=1))
    failures.count(work, "sumber")
    clock.advance(minutes=59)
    tidy(work)
    tables = (UsedTotpStep, ConsumedOnce, FailureCounter, RefreshToken)
    assert [work.session.query(table).count() for table in tables] == [1, 1, 1, 1]
    with pytest.raises(DomainError):
        totp.consume(
            work, owner.id, code, clock.now() - timedelta(minutes=59), keys=services.master_key
        )
    clock.advance(days=16)
    tidy(work)
    assert [work.session.query(table).count() for table in tables] == [0, 0, 0, 0]
