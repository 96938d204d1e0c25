"""A pack that is asked over a pipe answers, fails, hangs and dies as one that is asked over gRPC."""

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from hubspoke.local.engine.analyzer import AnalyzedResource
from hubspoke.local.engine.analyzer_pipe import PORT, PipeChannel, PipeMethod, PipeServer
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc


class Servicer(analyzer_pb2_grpc.AnalyzerServicer):
    """Says what it was asked; some resources are too much for it. Most methods are not implemented."""

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        if request.name == "bad":
            raise ValueError("no such thing")
        time.sleep(0.3 if request.name == "slow" else 0)
        return pb.AnalyzeResponse(diagnostics=[pb.AnalyzeDiagnostic(message=request.urn)])


@pytest.fixture(params=["grpc", "pipe"])
def stub(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The protocol's own code on both sides, and either way between them."""
    if request.param == "grpc":
        server: Any = grpc.server(ThreadPoolExecutor(2))
        port = server.add_insecure_port("127.0.0.1:0")
        channel: Any = grpc.insecure_channel(f"127.0.0.1:{port}")
    else:
        ours, theirs = Pipe()
        server, channel = PipeServer(theirs), PipeChannel(ours)
        assert server.add_insecure_port("127.0.0.1:0") == PORT
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Servicer(), server)
    server.start()
    yield analyzer_pb2_grpc.AnalyzerStub(channel)
    channel.close()
    server.stop(None)


def failure(call: Callable[[], Any]) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as raised:
        call()
    return raised.value.code(), raised.value.details()


def test_an_answer_is_to_the_question(stub: Any) -> None:
    response = stub.Analyze(pb.AnalyzeRequest(urn="urn:one"), timeout=10)
    assert response == pb.AnalyzeResponse(diagnostics=[pb.AnalyzeDiagnostic(message="urn:one")])


def test_a_method_that_raises_says_so_and_leaves_a_traceback(stub: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        told = failure(lambda: stub.Analyze(pb.AnalyzeRequest(name="bad"), timeout=10))
    assert told == (grpc.StatusCode.UNKNOWN, "Exception calling application: no such thing")
    (record,) = caplog.records
    assert record.name.startswith("grpc")
    assert record.exc_info
    assert isinstance(record.exc_info[1], ValueError)
    assert stub.Analyze(pb.AnalyzeRequest(urn="urn:next"), timeout=10).diagnostics[0].message == "urn:next"


def test_a_method_that_is_not_implemented(stub: Any) -> None:
    told = failure(lambda: stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=10))
    assert told == (grpc.StatusCode.UNIMPLEMENTED, "Method not implemented!")


def test_an_answer_that_takes_too_long(stub: Any) -> None:
    told = failure(lambda: stub.Analyze(pb.AnalyzeRequest(name="slow"), timeout=0.05))
    assert told == (grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")


def test_threads_get_each_its_own_answer(stub: Any) -> None:
    def ask(urn: str) -> str:
        return str(stub.Analyze(pb.AnalyzeRequest(urn=urn), timeout=10).diagnostics[0].message)

    urns = [f"urn:{number}" for number in range(100)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, urns)) == urns


@pytest.fixture
def method() -> Iterator[PipeMethod]:
    """The one method of a pack on a pipe that is asked often."""
    ours, theirs = Pipe()
    at = [0]
    server, channel = PipeServer(theirs, at), PipeChannel(ours, at)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Servicer(), server)
    server.start()
    yield analyzer_pb2_grpc.AnalyzerStub(channel).Analyze
    channel.close()


def things(*names: str, size: int = 0) -> list[AnalyzedResource]:
    return [AnalyzedResource(f"urn:{name}{' ' * size}", "test:index:Thing", name, {}) for name in names]


@pytest.mark.parametrize("size", [0, 500_000])
def test_many_are_answered_in_order_whatever_their_size(method: PipeMethod, size: int) -> None:
    """A socket takes a few kilobytes: more than that must never be on its way in both directions."""
    resources = things(*map(str, range(40)), size=size)
    answers = method.each(resources, timeout=30)
    assert [answer.diagnostics[0].message for answer in answers] == [each.urn for each in resources]


def test_nothing_is_asked_about_nothing(method: PipeMethod) -> None:
    assert list(method.each([])) == []


def test_the_first_that_fails_is_the_last_that_is_answered(method: PipeMethod) -> None:
    answers = method.each(things("a", "bad", "c"), timeout=10)
    assert next(answers).diagnostics[0].message == "urn:a"
    assert failure(lambda: next(answers)) == (grpc.StatusCode.UNKNOWN, "Exception calling application: no such thing")
    assert method(pb.AnalyzeRequest(urn="urn:next"), timeout=10).diagnostics[0].message == "urn:next"


def test_each_of_many_has_its_time(method: PipeMethod) -> None:
    answers = method.each(things("slow", "slow", "slow"), timeout=0.5)
    assert len(list(answers)) == 3


def test_it_is_known_on_which_of_many_a_pack_took_too_long(method: PipeMethod) -> None:
    answers = method.each(things("a", "b", "slow", "c"), timeout=0.1)
    assert [next(answers).diagnostics[0].message for _ in range(2)] == ["urn:a", "urn:b"]
    assert failure(lambda: next(answers))[0] is grpc.StatusCode.DEADLINE_EXCEEDED


def test_no_pipe_is_no_server() -> None:
    ours, theirs = Pipe()
    theirs.close()
    stub = analyzer_pb2_grpc.AnalyzerStub(PipeChannel(ours))
    assert failure(lambda: stub.Analyze(pb.AnalyzeRequest()))[0] is grpc.StatusCode.UNAVAILABLE


def test_an_unknown_method_and_a_closed_end() -> None:
    ours, theirs = Pipe()
    server = PipeServer(theirs)
    server.start()
    method = PipeChannel(ours).unary_unary("/pulumirpc.Analyzer/Guess", lambda _: b"", lambda answer: answer)
    assert failure(lambda: method(None))[0] is grpc.StatusCode.UNIMPLEMENTED
    ours.close()
    assert not _serving()


def _serving() -> bool:
    until = time.monotonic() + 5
    while any("_serve" in thread.name for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.01)
    return any("_serve" in thread.name for thread in threading.enumerate())


# A pack whole, forked and not

PACK = """
import os, time
from pulumi_policy import *

def judge(args, report):
    match args.name:
        case "odd":
            report(f"{args.name} in {os.environ['PULUMI_STACK']}")
        case "bad":
            raise ValueError("no such thing")
        case "slow":
            time.sleep(5)
        case "dead":
            os._exit(7)

def count(args, report):
    report(f"{len(args.resources)} resources")

PolicyPack(name="pack", policies=[
    ResourceValidationPolicy(name="odd", description="odd", validate=judge),
    StackValidationPolicy(name="count", description="count", validate=count),
])
"""
ASK = """
import json, sys
from pathlib import Path
import pulumi_policy
from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer, AnalyzerError, PolicyPack
from hubspoke.local.engine.analyzer_fork import allow_fork
from hubspoke.local.engine.analyzer_pipe import PipeChannel

if sys.argv[2] == "fork":
    allow_fork()
pack = Analyzer.start(PolicyPack(Path(sys.argv[1])), project="wan", stack="dev", call_timeout=1.5)
piped = isinstance(pack._channel, PipeChannel)

def said(ask):
    try:
        return [violation.message for violation in ask()]
    except AnalyzerError as error:
        return str(error)

def thing(name):
    return AnalyzedResource(f"urn:pulumi:dev::wan::test:index:Thing::{name}", "test:index:Thing", name, {"a": 1})

told = [said(lambda: pack.analyze(thing(name))) for name in ("even", "odd", "bad", "odd")]
told.append(said(lambda: pack.analyze_stack([thing("even"), thing("odd")])))
told.append(said(lambda: sum(pack.analyze_all([*map(thing, ("odd", "even", "odd"))]), [])))
told.append(said(lambda: sum(pack.analyze_all([*map(thing, ("odd", "bad", "odd"))]), [])))
answers = pack.analyze_all([*map(thing, ("odd", "even", sys.argv[3], "even"))])
told += [said(lambda: next(answers)) for _ in range(3)]
pack.close()
print(json.dumps([piped, told]))
"""


def asked(pack: Path, how: str, last: str) -> Any:
    command = [sys.executable, "-c", ASK, str(pack), how, last]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("last", ["slow", "dead"])
def test_a_fork_answers_as_a_pack_with_an_interpreter_of_its_own(tmp_path: Path, last: str) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.2.3\n")
    (tmp_path / "__main__.py").write_text(PACK)
    (piped, told), (over_grpc, expected) = asked(tmp_path, "fork", last), asked(tmp_path, "own", last)
    assert (piped, over_grpc) == (True, False)
    assert told == expected
    assert told[:2] == [[], ["odd in dev"]]
    assert "no such thing" in told[2]
    assert told[5] == ["odd in dev"] * 2
    assert told[6].startswith(told[2].partition("\n")[0])
    assert told[7:9] == [["odd in dev"], []]
    assert f"Thing::{last}" in told[9]
