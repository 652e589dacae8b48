"""Providers that keep posting: threads with kept connections, and what was acknowledged to them."""
import http.client
import threading
import time

from waiting import until


class Load:
    """Posts fresh webhooks until stopped. After a lost connection it dials again, wherever the gateway listens then."""

    def __init__(self, gateway, path, provider, threads=4):
        self.gateway, self.path, self.provider = gateway, path, provider
        self.acknowledged = {}  # body -> time of the answer
        self.refused = []  # answers other than 2xx
        self.lost = 0  # requests whose answer never came
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._post, daemon=True) for _ in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._end.set()
        for thread in self._threads:
            thread.join(30)

    def wait_for(self, more, seconds=20):
        """Until `more` further events are acknowledged."""
        target = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= target, seconds, f"{more} more acknowledged events")

    def note(self, connection, body):
        """`body` was acknowledged on `connection`."""

    def _post(self):
        while not self._end.is_set():
            connection = self.gateway.connection(timeout=20)
            try:
                while not self._end.is_set():
                    webhook = self.provider.webhook()
                    connection.request("POST", self.path, webhook.body, webhook.headers)
                    reply = connection.getresponse()
                    text = reply.read()
                    if 200 <= reply.status < 300:
                        self.acknowledged[webhook.body] = time.monotonic()
                        self.note(connection, webhook.body)
                    else:
                        self.refused.append((reply.status, text))
                    if reply.will_close:
                        break
            except (OSError, http.client.HTTPException):
                self.lost += 1
                time.sleep(0.005)  # no busy dialling while nobody listens
            finally:
                connection.close()
