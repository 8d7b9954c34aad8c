import Terminal
import WireAPI

// What is done with the items of a dataset by a form: adding one, and executing something on them.
extension DatasetForms {
    /// Adds an item that is typed.
    static func addingItem(to dataset: OperatorDataset) -> FormScreen<OperatorDatasetItem> {
        FormScreen(
            "New item of \(dataset.label)", note: "An item needs what was asked or what was answered.",
            Form([
                .text("request", "Asked", hint: "what the user asked"),
                .text("response", "Answered", hint: "what the model answered"),
                .text("expected_output", "Expected", hint: "what a right answer says; may stay empty"),
            ]), verb: "add"
        ) { values throws(FormProblem) in
            guard values.text("request") != nil || values.text("response") != nil else {
                throw FormProblem("request", "this or the answer is needed")
            }
            return .addDatasetItem(
                OperatorDatasetItemDraft(
                    request: values["request"], response: values["response"],
                    expectedOutput: values["expected_output"]), to: dataset.id)
        } done: { item, context in
            context.say("It is item \(item.number)", .good)
        }
    }

    /// Executes evaluators or a judge on the items.
    static func batch(over dataset: OperatorDataset) -> FormScreen<OperatorStartedBatch> {
        let isJudge: @Sendable (FormValues) -> Bool = { $0["with"] == "judge" }
        return FormScreen(
            "Execute on \(dataset.label)",
            note:
                "Every item is executed in the background, in the versions that are current now. "
                + "\(Formats.count(dataset.itemCount)) items are there.",
            Form([
                .choice("with", "With", [.init("evaluators", "evaluators"), .init("judge", "a judge")]),
                .names(
                    "evaluators", "Evaluators", of: .evaluators, hint: "names or identifiers, with commas between",
                    isRequired: true, when: { !isJudge($0) }),
                .name(
                    "judge", "Judge", of: .judges, hint: "its name, or its identifier", isRequired: true, when: isJudge),
                .text("first", "From item", hint: "its number; empty: from the first"),
                .text("last", "To item", hint: "its number; empty: to the last"),
                .text("tags", "Tags", hint: "on every execution; with commas between, may stay empty"),
            ]), verb: "start"
        ) { values throws(FormProblem) in
            .startBatch(
                over: dataset.id,
                OperatorBatchDraft(
                    evaluators: isJudge(values) ? [] : values.list("evaluators"),
                    judge: isJudge(values) ? values.text("judge") : nil,
                    first: try values.count("first", in: 1...1_000_000),
                    last: try values.count("last", in: 1...1_000_000), tags: values.list("tags")))
        } done: { batch, context in
            context.say("\(batch.name) is executed on \(Formats.count(batch.total)) items", .good)
            context.push(BatchScreen(batch.id, name: batch.name))
        }
    }
}
