import FoundationEssentials
import Terminal
import WireAPI

/// What the screen of retention says.
enum RetentionWords {
    private static let label = 26

    static func kept(_ days: Int?) -> String { days.map { "\(Formats.count($0)) days" } ?? "for ever" }

    static func write(_ storage: OperatorStorage, into document: inout Document) {
        document.title("Room")
        switch storage.level {
        case "full": document.body("Nothing new is taken: a disk is nearly full.", .bad)
        case "low": document.body("There is little room left.", .caution)
        case "enough": document.body("There is enough room.", .good)
        case .some, nil: document.body("No worker can measure the disks.", .quiet)
        }
        for disk in storage.disks {
            let lasts =
                disk.daysLeft.map { days in
                    let until = disk.latestDaysLeft.map { "\(Formats.count(Int($0)))" } ?? "never"
                    let range = disk.earliestDaysLeft.map { " (\(Formats.count(Int($0))) to \(until))" } ?? ""
                    return ", full in \(Formats.count(Int(days))) days\(range)"
                } ?? ""
            let isShort = disk.daysLeft.map { $0 < OperatorStorageNews.soon } ?? false
            fact(
                disk.name == "objects" ? "object storage" : disk.name,
                "\(Formats.bytes(disk.freeBytes)) free, \(Formats.bytes(disk.usedBytes)) used\(lasts)",
                isShort ? .bad : .plain, into: &document)
        }
        for part in storage.parts {
            let growth = part.bytesPerDay.map { $0 >= 1 ? ", \(Formats.bytes(Int64($0))) more a day" : "" } ?? ""
            fact(part.name, "\(Formats.bytes(part.bytes))\(growth)", .quiet, into: &document)
        }
    }

    static func write(_ retention: OperatorRetention, into document: inout Document) {
        for scope in retention.scopes {
            // A project that says nothing goes by the first.
            let terms = scope.terms.filter { scope.projectID == nil || $0.source == "project" }
            guard !terms.isEmpty else { continue }
            document.title(scope.projectName.map { "Kept in \($0)" } ?? "Kept")
            for term in terms {
                fact(
                    term.dataClass, kept(term.days) + (term.source == "installation" ? ", by the settings" : ""),
                    .strong, into: &document)
            }
            if scope.projectID == nil { fact("audit", "for ever", .strong, into: &document) }
        }
        document.title("Held")
        if retention.holds.isEmpty { document.body("Nothing.", .quiet) }
        for hold in retention.holds {
            fact(
                project(of: hold), "\(bounds(of: hold)): \(hold.reason), by \(hold.createdBy)", .caution,
                into: &document)
        }
    }

    /// A hold in a line.
    static func words(of hold: OperatorRetentionHold) -> String {
        "\(project(of: hold)), \(bounds(of: hold)): \(hold.reason)"
    }

    private static func project(of hold: OperatorRetentionHold) -> String { hold.projectName ?? "every project" }

    private static func bounds(of hold: OperatorRetentionHold) -> String {
        let bounds = [
            hold.beginsAt.map { "from \(Formats.day($0))" }, hold.endsAt.map { "until \(Formats.day($0))" },
        ].compactMap(\.self)
        return bounds.isEmpty ? "everything" : bounds.joined(separator: " ")
    }

    static func write(_ preview: OperatorRetentionPreview, into document: inout Document) {
        document.title("Goes with the next run")
        if preview.results.isEmpty && preview.partitions.isEmpty { document.body("Nothing.", .quiet) }
        for result in preview.results {
            var words = "\(Formats.count(result.rows)) \(result.dataClass), about \(Formats.bytes(result.bytes))"
            if result.heldRows > 0 { words += "; \(Formats.count(result.heldRows)) are held" }
            if result.exemptRows > 0 { words += "; \(Formats.count(result.exemptRows)) stay, because they are named" }
            fact(result.projectName ?? "no project", words, .plain, into: &document)
        }
        for partition in preview.partitions {
            fact(partition.name, "the whole month, \(Formats.bytes(partition.bytes))", .plain, into: &document)
        }
    }

    private static func fact(_ name: String, _ value: String, _ ink: Ink, into document: inout Document) {
        document.line([
            Document.Span(name + String(repeating: " ", count: max(1, label - name.columns)), .quiet),
            Document.Span(value, ink),
        ])
    }
}
