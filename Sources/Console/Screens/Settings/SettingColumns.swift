internal import Terminal

/// The columns of the list of settings.
enum SettingColumns {
    static let all: [Column<SettingRow>] = [
        Column(
            "key", "SETTING", .flexible(minimum: 24), precedes: ascending { $0.key },
            ink: { row, _ in row.isSet ? .strong : .plain }, text: { row, _ in row.key }),
        Column(
            "value", "VALUE", .flexible(minimum: 18),
            ink: { row, _ in row.isDiffering ? .bad : row.isSecret || row.isVarying ? .quiet : .plain },
            text: { row, _ in row.shown }),
        Column(
            "alike", "ALIKE", .fixed(10), rank: 1, precedes: ascending { $0.isDiffering ? 0 : $0.isVarying ? 1 : 2 },
            ink: { row, _ in row.isDiffering ? .bad : .quiet }, text: { row, _ in row.likeness }),
        Column(
            "source", "FROM", .flexible(minimum: 16), rank: 2, precedes: ascending { $0.source },
            ink: { row, _ in row.isSet ? .accent : .quiet }, text: { row, _ in row.source }),
        Column(
            "daemons", "READ BY", .flexible(minimum: 14), rank: 3, ink: { _, _ in .quiet },
            text: { row, _ in row.daemons.joined(separator: " ") }),
    ]

    private static let kinds = ["differing", "varying", "set", "default", "secret"]

    static let vocabulary = [
        QueryField(
            "is", .choice(kinds), example: "is:set",
            "Those that differ although they should not, vary, are set, have their defaults, or are secret"),
        QueryField("key", .text, example: "key:database", "By a part of the name"),
        QueryField("value", .text, example: "value:8080", "By a part of the value"),
        QueryField("from", .text, example: "from:environment", "By a part of where it comes from"),
        QueryField("daemon", .text, example: "daemon:workerd", "Those that a daemon reads"),
        QueryField("host", .text, example: "host:eu-1", "Those of the processes of a host, by a part of its name"),
    ]

    static func facts(of row: SettingRow) -> Query.Facts {
        let values = row.holdings.compactMap(\.value)
        return Query.Facts(
            words: [row.key] + values + row.holdings.map(\.source),
            texts: { field in
                switch field {
                case "is":
                    zip(kinds, [row.isDiffering, row.isVarying, row.isSet, !row.isSet, row.isSecret])
                        .filter(\.1).map(\.0)
                case "key": [row.key]
                case "value": values
                case "from": row.holdings.map(\.source)
                case "daemon": row.daemons
                case "host": row.holdings.flatMap(\.processes)
                default: []
                }
            })
    }
}
