internal import FoundationEssentials
internal import WireAPI

// What `scorable retention` prints for people.
extension OperatorRetention {
    var text: String {
        var table = TextTable(["PROJECT", "CLASS", "KEPT", "SAID BY"])
        for scope in scopes {
            for term in scope.terms where scope.projectID == nil || term.source == "project" {
                table.add([
                    scope.projectName ?? "(every other)", term.dataClass, term.days.map { "\($0) days" } ?? "for ever",
                    term.source,
                ])
            }
        }
        let last = lastRunAt.map { "What was past its time last went at \($0.formatted(.iso8601)).\n" }
        table.add(["(every)", "audit", "for ever", "always"])
        return table.text + (holds.isEmpty ? "" : "\n" + holdsText) + "\n" + (last ?? "Nothing has gone so far.\n")
    }

    var holdsText: String {
        guard !holds.isEmpty else { return "Nothing is held.\n" }
        var table = TextTable(["HOLD", "PROJECT", "FROM", "UNTIL", "BY", "REASON"])
        for hold in holds {
            table.add([
                hold.id.uuidString.lowercased(), hold.projectID.map { _ in hold.projectName ?? "?" } ?? "(every)",
                hold.beginsAt?.formatted(.iso8601), hold.endsAt?.formatted(.iso8601), hold.createdBy, hold.reason,
            ])
        }
        return table.text
    }
}

extension OperatorRetentionPreview {
    var text: String {
        guard !results.isEmpty || !partitions.isEmpty else { return "Nothing is past its time.\n" }
        var table = TextTable(["PROJECT", "CLASS", "DAYS", "GO", "BYTES", "HELD", "NAMED", "OLDEST", "NEWEST"])
        for result in results {
            table.add([
                result.projectName ?? result.projectID?.uuidString.lowercased() ?? "(none)", result.dataClass,
                "\(result.days)", "\(result.rows)", "\(result.bytes)", "\(result.heldRows)", "\(result.exemptRows)",
                result.oldest?.formatted(.iso8601), result.newest?.formatted(.iso8601),
            ])
        }
        let months = partitions.map { "\($0.name) would be dropped as a whole, \($0.bytes) bytes.\n" }
        return table.text + (months.isEmpty ? "" : "\n" + months.joined())
    }
}

extension OperatorStorage {
    var text: String {
        var table = TextTable(["DISK", "USED", "FREE", "A DAY", "DAYS LEFT", "FROM", "TO"])
        for disk in disks {
            table.add([
                disk.name, Self.gigabytes(Double(disk.usedBytes)), Self.gigabytes(Double(disk.freeBytes)),
                disk.bytesPerDay.map(Self.gigabytes), disk.daysLeft.map { "\(Int($0))" },
                disk.earliestDaysLeft.map { "\(Int($0))" },
                disk.earliestDaysLeft == nil ? nil : disk.latestDaysLeft.map { "\(Int($0))" } ?? "never",
            ])
        }
        var sizes = TextTable(["WHAT", "BYTES", "BYTES A DAY"])
        for part in parts { sizes.add([part.name, "\(part.bytes)", part.bytesPerDay.map { "\(Int($0))" }]) }
        let sentence =
            switch level {
            case "full"?: "Nothing new is taken: a disk is nearly full.\n"
            case "low"?: "There is little room left.\n"
            case "enough"?: "There is enough room.\n"
            case _?, nil: "No worker can measure the disks. See: database.disk_size in scorable.yaml(5)\n"
            }
        return sentence + (disks.isEmpty ? "" : "\n" + table.text) + (parts.isEmpty ? "" : "\n" + sizes.text)
    }

    private static func gigabytes(_ bytes: Double) -> String {
        let tenths = (bytes / 100_000_000).rounded()
        return abs(tenths) >= 1 ? "\(tenths / 10) GB" : "\((bytes / 1000).rounded() / 1000) MB"
    }
}
