"""Which rules of a pack the policy SDK asks, and what it makes anew for each of them. Nothing that they say changes.

The SDK asks every rule of every resource, and makes all resources of a stack anew for every rule on stacks. A pack that
was written for less says so: a rule on resources with a method `judges` is only asked of the types that it judges; and
rules on stacks which all have `only_reads` share what is made of the resources.
"""

from collections.abc import Callable
from copy import copy
from typing import Any

_POLICIES = "_PolicyAnalyzerServicer__policies"

Answer = Callable[[Any, Any, Any], Any]  # a servicer's method: itself, the request and its context


def narrowed(answer: Answer, nothing: Callable[[], Any], resource_policy: type) -> Answer:
    """`Analyze`, which asks who has something to say; `nothing` is the answer where nobody has."""

    def answered(pack: Any, request: Any, context: Any) -> Any:
        asked = [p for p in getattr(pack, _POLICIES) if isinstance(p, resource_policy) and _judges(p, request.type)]
        return answer(_with(pack, asked), request, context) if asked else nothing()

    return answered


def _judges(policy: Any, resource_type: str) -> bool:
    judges = getattr(policy, "judges", None)
    return judges is None or judges(resource_type)


def shared(answer: Answer, stack_policy: Any, level: Any) -> Answer:
    """`AnalyzeStack`, which makes the resources once: for a rule that keeps them for all others."""

    def answered(pack: Any, request: Any, context: Any) -> Any:
        policies = [each for each in getattr(pack, _POLICIES) if isinstance(each, stack_policy)]
        if not all(getattr(each, "only_reads", False) for each in policies):
            return answer(pack, request, context)
        made: list[Any] = []
        keeping = stack_policy("(resources)", "Keeps them.", lambda args, _: made.extend(args.resources), level)
        answer(_with(pack, [keeping]), request, context)
        given = [_given(each, made) for each in policies]
        return answer(_with(pack, given), type(request)(), context)

    return answered


def _given(policy: Any, resources: list[Any]) -> Any:
    """The rule, on these resources in place of those that it is asked of."""

    def validate(args: Any, report: Any) -> Any:
        args.resources = resources
        return policy.validate(args, report)

    given = copy(policy)
    given.validate = validate
    return given


def _with(pack: Any, policies: list[Any]) -> Any:
    other = copy(pack)
    setattr(other, _POLICIES, policies)
    return other
