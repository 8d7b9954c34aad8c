import Terminal
import WireAPI

/// What the numbers of an evaluator or a judge mean.
enum ItemExplanation {
    static func of(_ item: OperatorItem, _ scope: Scope) -> Explanation {
        let figures = item.statistics
        var text = Explanation(
            item.name,
            definition: "\(item.kind == .judge ? "A judge" : "An evaluator"), \(origin(item.origin)). "
                + "Its current version is \(item.version.number) of \(item.versionCount).")
        text = text.adding(
            "Mean", mean(figures), figures.meanScore.map(ScoreBar.ink) ?? .quiet)
        text = text.adding(
            "Graph",
            "The mean of each of the last seven times 24 hours, the oldest first; a gap is a day without a score.")
        text = text.adding("N/day", "\(Formats.count(figures.executions)) executions in the last 24 hours.")
        text = text.adding("Fail", failures(item), ItemFigures.failureInk(item))
        text = text.adding("$/1,000", cost(item))
        text = text.window("Mean, graph and cost: the last 7 days. Executions and failures: the last 24 hours.")
        text = text.source("Every recorded execution of your organisation, also as a part of a judge; all versions.")
        return text.freshness(
            "Read with the list; read anew when something changes and at most a minute late otherwise.")
    }

    private static func origin(_ origin: OperatorItem.Origin) -> String {
        switch origin {
        case .own: "your organisation's own"
        case .preset: "built in: to use and copy, not to change"
        case .published: "published by another organisation: to use and copy, not to change"
        }
    }

    private static func mean(_ figures: OperatorItemStatistics) -> String {
        guard let mean = figures.meanScore else { return "Nothing was scored in the last 7 days." }
        let verdict =
            mean >= 0.7 ? "0.70 and more is good" : mean >= 0.4 ? "0.40 to 0.70 deserves a look" : "below 0.40 is bad"
        return "\(Formats.score(mean)): the mean of all scores, from 0 to 1; \(verdict)."
    }

    private static func failures(_ item: OperatorItem) -> String {
        let figures = item.statistics
        guard let share = item.failureShare, figures.failures > 0 else {
            return "Executions of the last 24 hours that gave no score: none."
        }
        let percent = Formats.decimal(share * 100, places: 1)
        let rule = share >= ItemFigures.badFailureShare ? "red: 5 % or more" : "yellow: fewer than 5 %"
        return
            "\(Formats.count(figures.failures)) of \(Formats.count(figures.executions)) gave no score, \(percent) % (\(rule))."
    }

    private static func cost(_ item: OperatorItem) -> String {
        guard let cost = item.statistics.meanCostNanodollars else { return "It was not executed in the last 7 days." }
        return "A thousand times the mean cost of an execution, \(Formats.exactCost(nanodollars: cost))."
    }
}
