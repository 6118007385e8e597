"""How bad a finding is, worst first, and whether it is settled; with the words for it. Nothing to import, because
commands that only look are to answer at once."""

SEVERITY_TITLES = {"structure": "结构", "must_fix": "强制", "confirm": "核实", "notice": "提示"}
SEVERITIES = tuple(SEVERITY_TITLES)
SETTLED_TITLES = {"explained": "已说明", "waived": "已豁免"}
# what makes it doubtful who sent a file: the data team is to look into it, whatever its sender is told
DOUBTFUL = ("bad_token", "no_stamp", "wrong_plan", "wrong_quarter", "wrong_reporter")
