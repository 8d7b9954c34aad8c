import FoundationEssentials
import WireAPI

/// Changing for how long something is kept.
enum RetentionForm {
    static func changing(_ retention: OperatorRetention) -> FormScreen<OperatorRetention> {
        FormScreen(
            "Keep something longer or shorter",
            note: "Where rows go by it that are kept by now, the server says how many: write that number below.",
            Form([
                .choice("data_class", "What", classes(of: retention)),
                .choice("project", "Where", projects(of: retention)),
                .text("days", "For how many days", hint: "empty: for ever; inherited: as is said elsewhere"),
                .text("rows", "Rows that may go", hint: "the very number, where the server has said one"),
            ])
        ) { values throws(FormProblem) in
            let isInherited = values["days"] == "inherited"
            let days = isInherited ? nil : try values.count("days", in: 1...36_500)
            let rows = try values.count("rows")
            return .changeRetention(
                OperatorRetentionChange(
                    projectID: UUID(uuidString: values["project"]), dataClass: values["data_class"],
                    keeping: isInherited ? .inherited : days == nil ? .forever : .days, days: days,
                    confirmation: rows.map { OperatorRetentionConfirmation(rows: $0, moment: nil) }))
        } done: { _, context in
            context.say("It is kept so from now on", .good)
        }
    }

    static func holding(_ retention: OperatorRetention) -> FormScreen<OperatorRetention> {
        FormScreen(
            "Hold what was recorded", note: "Nothing of it goes, however old it is, until the hold is released.",
            Form([
                .choice("project", "Where", projects(of: retention)),
                .text("begins_at", "Recorded from", hint: "such as 2027-01-31; empty: from the beginning"),
                .text("ends_at", "Recorded until", hint: "empty: what comes is held as well"),
                .text("reason", "Why", isRequired: true),
            ])
        ) { values throws(FormProblem) in
            .holdRetention(
                OperatorRetentionHoldDraft(
                    projectID: UUID(uuidString: values["project"]), beginsAt: try values.date("begins_at"),
                    endsAt: try values.date("ends_at"), reason: values["reason"]))
        } done: { _, context in
            context.say("It is held", .good)
        }
    }

    static func releasing(_ retention: OperatorRetention) -> FormScreen<OperatorRetention> {
        FormScreen(
            "Release a hold", note: "What is past its time goes with the next run, and nothing brings it back.",
            Form([
                .choice(
                    "hold", "Which",
                    retention.holds.map { FormField.Choice($0.id.uuidString, RetentionWords.words(of: $0)) })
            ]), verb: "release"
        ) { values throws(FormProblem) in
            guard let id = UUID(uuidString: values["hold"]) else { throw FormProblem("hold", "this is needed") }
            return .releaseRetention(id)
        } done: { _, context in
            context.say("It is held no more", .good)
        }
    }

    private static func classes(of retention: OperatorRetention) -> [FormField.Choice] {
        (retention.scopes.first?.terms ?? []).map { FormField.Choice($0.dataClass, $0.dataClass) }
    }

    private static func projects(of retention: OperatorRetention) -> [FormField.Choice] {
        retention.scopes.map { scope in
            FormField.Choice(
                scope.projectID?.uuidString ?? "", scope.projectName ?? "every project that says nothing")
        }
    }
}
