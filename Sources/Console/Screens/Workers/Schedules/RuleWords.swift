/// Rules of schedules in words: `30 4 * * 1-5` is `at 04:30 from Monday to Friday`.
enum RuleWords {
    private static let names = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
        "@yearly": "0 0 1 1 *",
    ]
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let months = [
        "", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]

    /// The rule as people say it; one that no words are known for as it stands.
    static func text(_ rule: String) -> String {
        if rule.hasPrefix("@every ") { return "every \(rule.dropFirst(7))" }
        let fields = (names[rule] ?? rule).split(separator: " ").map(String.init)
        guard fields.count == 5 else { return rule }
        return ([time(fields[0], fields[1])] + day(fields[2], fields[4]) + month(fields[3])).joined(separator: " ")
    }

    private static func time(_ minute: String, _ hour: String) -> String {
        if let minute = Int(minute), let hour = Int(hour) { return "at \(twoDigits(hour)):\(twoDigits(minute))" }
        let minutes =
            switch minute {
            case "*": "every minute"
            case "0": hour == "*" ? "every hour" : "at minute 0"
            default: step(minute).map { "every \($0) minutes" } ?? "at minute \(list(minute))"
            }
        if hour == "*" { return minutes }
        if let step = step(hour) { return minute == "0" ? "every \(step) hours" : "\(minutes) of every \(step). hour" }
        return "\(minutes) of hour \(list(hour))"
    }

    private static func day(_ day: String, _ weekday: String) -> [String] {
        var words: [String] = []
        if day != "*" { words.append(step(day).map { "every \($0) days" } ?? "on day \(list(day))") }
        // Cron runs when either of the two matches.
        if weekday != "*" { words.append((words.isEmpty ? "" : "or ") + named(weekday, weekdays, "on", "from")) }
        return words
    }

    private static func month(_ month: String) -> [String] {
        month == "*" ? [] : [step(month).map { "every \($0) months" } ?? named(month, months, "in", "from")]
    }

    private static func named(_ field: String, _ names: [String], _ at: String, _ from: String) -> String {
        func name(_ text: Substring) -> String {
            Int(text).flatMap { names.indices.contains($0) ? names[$0] : nil } ?? "\(text)"
        }
        let range = field.split(separator: "-")
        if range.count == 2, !field.contains(","), !field.contains("/") {
            return "\(from) \(name(range[0])) to \(name(range[1]))"
        }
        return "\(at) \(field.split(separator: ",").map(name).joined(separator: ", "))"
    }

    /// The number of `*/5`.
    private static func step(_ field: String) -> Int? { field.hasPrefix("*/") ? Int(field.dropFirst(2)) : nil }

    private static func list(_ field: String) -> String { field.replacing(",", with: ", ") }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
