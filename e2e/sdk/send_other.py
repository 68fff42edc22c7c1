"""Sends events with the SDK of another maker, as published: send_other.py MAKER URL WRITE_KEY COUNT.

Each event is of a customer of its own. It ends badly when the SDK gave an event up.
"""

import sys
import time

maker, url, write_key, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
failures = []


def failed(*what):
    failures.append(what)


def customers():
    """One after another, slowly enough that the server fails while some are under way."""
    for index in range(count):
        yield index, f"customer-{index}"
        if index % 50 == 49:
            time.sleep(0.1)


def posthog(mode):
    from posthog import Posthog

    client = Posthog(
        write_key,
        host=url,
        flush_at=50,
        flush_interval=0.2,
        max_queue_size=count + 1,
        max_retries=10,
        on_error=failed,
        disable_geoip=True,
        **({"capture_mode": "v1"} if mode == "v1" else {}),
    )
    for index, customer in customers():
        client.capture("sdk_sent", distinct_id=customer, properties={"index": index})
    client.shutdown()


def mixpanel():
    """It tries once only over plain HTTP, so whoever sends with it has to try again."""
    from mixpanel import Consumer, Mixpanel

    consumer = Consumer(
        events_url=url + "/track",
        people_url=url + "/engage",
        groups_url=url + "/groups",
        import_url=url + "/import",
    )
    client = Mixpanel(write_key, consumer=consumer)
    for index, customer in customers():
        properties = {"index": index, "$insert_id": f"insert-{index}"}
        for attempt in range(60):
            try:
                client.track(customer, "sdk_sent", properties)
                break
            except Exception as error:
                if attempt == 59:
                    failed(error)
                time.sleep(0.2)


def amplitude():
    from amplitude import Amplitude, BaseEvent

    client = Amplitude(write_key)
    client.configuration.server_url = url + "/2/httpapi"
    client.configuration.flush_queue_size = 50
    client.configuration.flush_interval_millis = 200
    client.configuration.flush_max_retries = 40
    accepted = []
    client.configuration.callback = lambda event, code, message: (
        accepted.append(event) if code == 200 else failed(code, message)
    )
    for index, customer in customers():
        event = BaseEvent("sdk_sent", user_id=customer, event_properties={"index": index})
        client.track(event)
    until = time.monotonic() + 100
    while len(accepted) < count and time.monotonic() < until:
        time.sleep(0.1)
    client.shutdown()
    if len(accepted) < count:
        failed(f"{len(accepted)} of {count} were acknowledged")


def snowplow():
    from snowplow_tracker import Emitter, StructuredEvent, Subject, Tracker

    # The store of the emitter is empty as well while its last events are under way.
    taken = []
    emitter = Emitter(url, batch_size=50, max_retry_delay_seconds=2, on_success=taken.extend)
    tracker = Tracker("sdk", emitter, app_id=write_key, encode_base64=False)
    for index, customer in customers():
        subject = Subject()
        subject.set_user_id(customer)
        tracker.track(
            StructuredEvent(category="test", action="sdk_sent", value=float(index), event_subject=subject)
        )
    until = time.monotonic() + 100
    while len(taken) < count and time.monotonic() < until:
        tracker.flush()
        time.sleep(0.3)
    if len(taken) < count:
        failed(f"{len(taken)} of {count} were acknowledged")


def rudder():
    from rudderstack.analytics.client import Client

    client = Client(
        write_key,
        host=url,
        max_queue_size=count + 1,
        upload_interval=0.2,
        upload_size=50,
        max_retries=40,
        on_error=failed,
        gzip=True,
    )
    for index, customer in customers():
        client.track(customer, "sdk_sent", {"index": index})
    client.shutdown()


senders = {
    "posthog": lambda: posthog("v0"),
    "posthog-v1": lambda: posthog("v1"),
    "mixpanel": mixpanel,
    "amplitude": amplitude,
    "snowplow": snowplow,
    "rudder": rudder,
}
senders[maker]()
if failures:
    sys.exit(f"the SDK gave up: {failures[0]}")
