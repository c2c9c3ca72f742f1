"""A province of real processes for the journey tests: the built programs, real sockets on loopback.

Nothing here knows the inside of the programs; it uses the command line as a person would.
Standard library only.
"""
import csv
import io
import os
import random
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

WAIT_S = 30


class Refused(Exception):
    """A command ended with another status than it should have."""


class Program:
    def __init__(self, path, data):
        self.path = path
        self.data = data

    def command(self, *words):
        return [self.path, "--data", self.data, "--lang", "en", *[str(word) for word in words]]

    def run(self, *words, status=0, text=None):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, input=text or "", timeout=120)
        if done.returncode != status:
            raise Refused(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def rows(self, *words):
        return list(csv.DictReader(io.StringIO(self.run(*words, "--format", "csv").lstrip("\ufeff"))))

    def start(self, *words):
        return subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def end(process, number=signal.SIGTERM):
    """Ends a process this test started, and waits for it."""
    if process.poll() is None:
        process.send_signal(number)
    process.wait(timeout=WAIT_S)
    if process.stdout:
        process.stdout.close()


class Province:
    """An aggregator and its zones in a folder of their own."""

    def __init__(self, build, registry):
        self.folder = tempfile.mkdtemp(prefix="zonetally-journey-")
        self.agent_path = os.path.join(build, "agent", "zonetally-agent")
        self.aggregator = Program(os.path.join(build, "aggregator", "zonetally-aggregator"),
                                  os.path.join(self.folder, "province"))
        self.aggregator.run("init", "--province", "jilin", "--listen", "tcp://127.0.0.1:*")
        self.aggregator.run("registry", "import", registry, "--yes")
        self.server = None
        self.endpoint = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)

    def serve(self):
        """The kernel picks the port; the ready file holds what was bound."""
        ready = os.path.join(self.folder, "ready")
        if os.path.exists(ready):
            os.unlink(ready)
        self.server = self.aggregator.start("serve", "--ready-file", ready)
        limit = time.monotonic() + WAIT_S
        while not os.path.exists(ready):
            if self.server.poll() is not None or time.monotonic() > limit:
                raise Refused("the aggregator did not start to serve")
            time.sleep(0.01)
        with open(ready, encoding="utf-8") as file:
            self.endpoint = file.read().strip()
        return self.endpoint

    def stop(self, number=signal.SIGTERM):
        if self.server:
            end(self.server, number)
        self.server = None

    def card(self):
        return os.path.join(self.aggregator.data, "province.card")

    def zone(self, code, name=None):
        """An enrolled agent; `name` tells a second machine of the zone apart."""
        agent = Program(self.agent_path, os.path.join(self.folder, name or code))
        agent.run("init", "--zone", code, "--province", self.card())
        request = os.path.join(agent.data, "enrolment-request.txt")
        self.aggregator.run("enrol", "add", request)
        self.aggregator.run("enrol", "approve", code, "--yes")
        return agent


ROLES = (("preparer", "Anna"), ("stathead", "Boris"), ("unithead", "Clara"))


def seal_month(agent, folder, form, period, value=0):
    """A whole return of one form: template, figures, check, three signatures, seal."""
    template = agent.run("template", form, period)
    rows = list(csv.reader(io.StringIO(template.lstrip("\ufeff"))))
    for row in rows[1:]:
        row[3] = str(value)
    path = os.path.join(folder, f"{form}-{period}.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    agent.run("import", path, "--yes")
    for finding in agent.rows("check", form, period):
        if finding["class"] == "explain":
            agent.run("explain", form, period, finding["rule"], "--reason", "OTHER",
                      "--text", "a figure made for this test, not a real one")
    agent.run("check", form, period)
    for role, name in ROLES:
        agent.run("sign", form, period, "--role", role, "--name", name)
    agent.run("seal", form, period)


class Cable:
    """A TCP relay that can be cut after so many bytes towards the agent: a reply that gets lost."""

    def __init__(self, target):
        host, port = target[len("tcp://"):].rsplit(":", 1)
        self.target = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.limit = None
        self.passed = 0
        self.thread = threading.Thread(target=self.relay, daemon=True)
        self.thread.start()

    def relay(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def carry(self, near):
        with near, socket.create_connection(self.target) as far, selectors.DefaultSelector() as waiting:
            waiting.register(near, selectors.EVENT_READ, far)
            waiting.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in waiting.select():
                    data = key.fileobj.recv(65536)
                    if key.fileobj is far:
                        if self.limit is not None and self.passed + len(data) > self.limit:
                            return
                        self.passed += len(data)
                    if not data:
                        return
                    key.data.sendall(data)

    def close(self):
        self.listener.close()


def dice_of(seed):
    return random.Random(seed)
