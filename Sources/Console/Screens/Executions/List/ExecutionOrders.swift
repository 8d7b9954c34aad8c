internal import WireAPI

extension OperatorExecutionOrder {
    /// What the list can be sorted by: what the server offers.
    static let choices = [
        SortChoice("time", "Time"), SortChoice("score", "Score, among the newest thousand"),
        SortChoice("latency", "Latency, among the newest thousand"),
        SortChoice("cost", "Cost, among the newest thousand"),
    ]

    /// The order by a column; by time, the newest first, where there is none by it.
    init(_ sorting: Sorting) {
        self =
            switch sorting.column {
            case "score": sorting.isDescending ? .highestScore : .lowestScore
            case "latency": sorting.isDescending ? .slowest : .fastest
            case "cost": sorting.isDescending ? .mostExpensive : .cheapest
            default: sorting.isDescending || sorting.column.isEmpty ? .newest : .oldest
            }
    }

    /// The column and the direction.
    var sorting: Sorting {
        switch self {
        case .newest: Sorting(column: "time", isDescending: true)
        case .oldest: Sorting(column: "time", isDescending: false)
        case .highestScore: Sorting(column: "score", isDescending: true)
        case .lowestScore: Sorting(column: "score", isDescending: false)
        case .slowest: Sorting(column: "latency", isDescending: true)
        case .fastest: Sorting(column: "latency", isDescending: false)
        case .mostExpensive: Sorting(column: "cost", isDescending: true)
        case .cheapest: Sorting(column: "cost", isDescending: false)
        }
    }

    /// As people read it.
    var words: String {
        switch self {
        case .newest: "newest first"
        case .oldest: "oldest first"
        case .highestScore: "highest score first"
        case .lowestScore: "lowest score first"
        case .slowest: "slowest first"
        case .fastest: "fastest first"
        case .mostExpensive: "most expensive first"
        case .cheapest: "cheapest first"
        }
    }
}
