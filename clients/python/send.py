"""Sends three events to HOST for TOKEN: send.py HOST TOKEN"""

import sys

import posthog

host, token = sys.argv[1:]
client = posthog.Posthog(token, host=host, flush_at=3, flush_interval=0.2)
page = {"$current_url": "https://shop.test/cart"}
client.capture("$pageview", distinct_id="u1", properties=page)
client.capture("bought", distinct_id="u1", properties={"plan": "pro"})
client.set(distinct_id="u1", properties={"team": "blue"})
client.shutdown()
