import FoundationEssentials
import Terminal
import WireAPI

/// The columns of the causes that jobs were given up for, and what their filter may ask for.
enum DeadLetterColumns {
    typealias Group = OperatorDeadLetters.Group

    static let all: [Column<Group>] = [
        Column(
            "count", "JOBS", .fixed(8), isNumber: true, precedes: ascending { $0.count }, ink: { _, _ in .bad },
            text: { group, _ in Formats.count(group.count) }),
        Column(
            "error", "ERROR", .fixed(12), rank: 1, precedes: ascending { $0.errorClass },
            text: { group, _ in group.errorClass?.replacing("_", with: " ") ?? "-" }),
        Column("cause", "CAUSE", .flexible(minimum: 32), text: { group, _ in group.cause }),
        Column(
            "queue", "QUEUE", .fixed(12), rank: 3, precedes: ascending { $0.queue }, ink: { _, _ in .quiet },
            text: { group, _ in group.queue }),
        Column(
            "kind", "WHAT", .fixed(16), rank: 4, precedes: ascending { $0.kind }, ink: { _, _ in .quiet },
            text: { group, _ in group.kind }),
        Column(
            "first", "FIRST", .fixed(7), isNumber: true, rank: 5, precedes: ascending { $0.firstAt },
            ink: { _, _ in .quiet }, text: { group, scope in ItemFigures.age(group.firstAt, scope) }),
        Column(
            "last", "LAST", .fixed(7), isNumber: true, rank: 2, precedes: ascending { $0.lastAt },
            text: { group, scope in ItemFigures.age(group.lastAt, scope) }),
    ]

    static let vocabulary = [
        QueryField("error", .choice(JobWords.errorClasses), example: "error:timeout", "By the class of the error"),
        QueryField("queue", .text, example: "queue:evaluations", "By a part of the queue's name"),
        QueryField("kind", .text, example: "kind:export", "By a part of what the jobs do"),
        QueryField("count", .number, example: "count>100", "By how many jobs"),
    ]

    static func facts(of group: Group) -> Query.Facts {
        Query.Facts(
            words: [group.cause, group.kind, group.sample.error ?? ""],
            texts: { field in
                switch field {
                case "error": group.errorClass.map { [$0] } ?? []
                case "queue": [group.queue]
                case "kind": [group.kind]
                default: []
                }
            },
            number: { $0 == "count" ? Double(group.count) : nil })
    }
}
