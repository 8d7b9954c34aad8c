import WireAPI

/// What the end of a provider or a model would affect, as sentences.
enum ProviderEffectWords {
    private static let mostNames = 5

    static func lines(_ effects: OperatorProviderEffects) -> [String] {
        var lines: [String] = []
        if effects.modelsLost.isEmpty {
            lines.append("Every model of it has another place, or it has none.")
        } else {
            lines.append("No other place serves these models, which are deleted with it: \(names(effects.modelsLost)).")
        }
        if effects.evaluatorCount > 0 {
            lines.append(
                "\(count(effects.evaluatorCount, "evaluator")) name\(effects.evaluatorCount == 1 ? "s" : "") one of those and would fail."
            )
        }
        if !effects.modelsNarrowed.isEmpty {
            lines.append("These go on at their other places: \(names(effects.modelsNarrowed)).")
        }
        if effects.keyCount > 0 || effects.limitCount > 0 {
            lines.append(
                "\(count(effects.keyCount, "key")) and \(count(effects.limitCount, "limit")) are deleted with it; a key cannot be had back."
            )
        }
        if let calls = effects.callsLastHour { lines.append("It got \(count(calls, "call")) in the last hour.") }
        return lines
    }

    static func lines(_ effects: OperatorModelEffects) -> [String] {
        var lines: [String] = []
        if effects.evaluatorCount == 0 {
            lines.append("No evaluator names it.")
        } else {
            lines.append(
                "\(count(effects.evaluatorCount, "evaluator")) in \(count(effects.judgeCount, "judge")) would fail: \(names(effects.evaluatorNames, of: effects.evaluatorCount))."
            )
        }
        if !effects.fallbackOf.isEmpty {
            lines.append("These have no place to fall back to any more: \(names(effects.fallbackOf)).")
        }
        return lines
    }

    /// The first names, and how many more there are.
    static func names(_ all: [String], of total: Int? = nil) -> String {
        let shown = all.prefix(mostNames)
        let rest = (total ?? all.count) - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(Formats.count(rest)) more" : "")
    }

    static func count(_ number: Int, _ noun: String) -> String {
        "\(Formats.count(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
