"""Reads what Reeve sends as the other side would, with libraries of others. JSON on standard input, JSON on standard output."""

import email
import email.policy
import json
import sys
from datetime import datetime, timezone

import icalendar
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def verifies(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


given = json.load(sys.stdin)
calendar = icalendar.Calendar.from_ical(given["ics"].encode())
events = [
    {"uid": str(e["uid"]), "summary": str(e["summary"]), "description": str(e["description"]), "start": e["dtstart"].dt.isoformat(), "names": sorted(e.keys())}
    for e in calendar.walk("VEVENT")
]
mail = email.message_from_string(given["mail"], policy=email.policy.default)
hook = given["webhook"]
event = from_structured_event(HTTPMessage(headers=given["event"]["headers"], body=given["event"]["body"].encode()), JSONFormat())
json.dump(
    {
        "events": events,
        "errors": [str(e) for e in calendar.errors] + [str(x) for e in calendar.walk("VEVENT") for x in e.errors],
        "mail": {
            "headers": sorted({k.lower() for k in mail.keys()}),
            "subject": mail["subject"],
            "to": mail["to"],
            "types": [p.get_content_type() for p in mail.walk()],
            "defects": [str(d) for p in mail.walk() for d in p.defects],
            "text": mail.get_body(("plain",)).get_content(),
        },
        "webhook": {
            "as sent": verifies(hook["secret"], hook["headers"], hook["body"]),
            "another body": verifies(hook["secret"], hook["headers"], hook["body"] + " "),
            "an old one": verifies(hook["secret"], given["old"]["headers"], given["old"]["body"]),
        },
        "event": {"id": event.get_id(), "type": event.get_type(), "source": event.get_source(), "time": event.get_time().astimezone(timezone.utc).isoformat()},
        "now": datetime.now(timezone.utc).isoformat(),
    },
    sys.stdout,
)
