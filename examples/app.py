"""Sign a user in by email and remember the session."""

import os

import redis
import stytch

client = stytch.Client(
    project_id=os.environ["STYTCH_PROJECT_ID"],
    secret=os.environ["STYTCH_SECRET"],
)
sessions = redis.Redis.from_url(os.environ["REDIS_URL"])


def sign_in(email: str) -> str:
    sent = client.magic_links.email.login_or_create(email=email)
    return sent.user_id


def remember(token: str, user_id: str) -> None:
    sessions.set(f"session:{token}", user_id, ex=3600)
