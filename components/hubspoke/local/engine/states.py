"""The states that registrations begin with."""

from hubspoke.local.engine.goal import Goal, ReadGoal
from hubspoke.local.engine.state import State


def planned(goal: Goal, urn: str, alias: str, old: State | None) -> State:
    return State(
        urn, goal.type, goal.custom, inputs=goal.properties, parent=goal.parent, protect=bool(goal.protect),
        dependencies=goal.dependencies, provider=goal.provider, property_dependencies=goal.property_dependencies,
        additional_secret_outputs=goal.additional_secret_outputs, aliases=[alias] if alias else [],
        custom_timeouts=goal.custom_timeouts, import_id=goal.import_id, retain_on_delete=bool(goal.retain_on_delete),
        deleted_with=goal.deleted_with, replace_with=goal.replace_with, created=old.created if old else "",
        modified=old.modified if old else "", source_position=goal.source_position, stack_trace=goal.stack_trace,
        ignore_changes=goal.ignore_changes, hide_diff=goal.hide_diff, replace_on_changes=goal.replace_on_changes,
        replacement_trigger=goal.replacement_trigger, resource_hooks=goal.hooks,
        refresh_before_update=bool(old and old.refresh_before_update),
    )  # fmt: skip


def looked_up(goal: ReadGoal, urn: str, alias: str) -> State:
    return State(
        urn, goal.type, custom=True, id=goal.id, inputs=goal.properties, parent=goal.parent, external=True,
        dependencies=goal.dependencies, provider=goal.provider, aliases=[alias] if alias else [],
        additional_secret_outputs=goal.additional_secret_outputs, source_position=goal.source_position,
        stack_trace=goal.stack_trace,
    )  # fmt: skip
