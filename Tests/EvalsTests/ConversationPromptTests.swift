import ChatModel
import JSON
import Scoring
import Testing
import WireAPI

@testable import Evals

/// What a judge's prompt shows of a conversation, one input after the other.
@Suite struct ConversationPromptTests {
    private let marker = BlockMarker(0x3f9c_2a1b_7d5e_4f60)

    private func blocks(_ criteria: String, _ input: EvaluationInput) throws -> [QuotedBlock] {
        let task = EvaluatorTask(name: "E", objective: "", criteria: CriteriaTemplate(criteria))
        let prompt = try JudgePrompt(task: task, segments: task.criteria.segments, input: input, marker: marker)
        return QuotedBlock.read(from: prompt.question)
    }

    private func text(_ name: String, _ blocks: [QuotedBlock]) -> String? { blocks.first { $0.name == name }?.text }

    private func input(_ body: String) throws -> EvaluationInput {
        let request = try EvaluationInput(JSONCodec.decode(ExecutionRequest.self, from: Array(body.utf8)))
        // As it reaches evald.
        return try EvaluationInput(EvaluationCall.Input(request))
    }

    @Test func callsOfToolsShowNamesAndArgumentsAndResultsTheCallThatTheyAnswer() throws {
        let blocks = try blocks(
            "Did the assistant use {{tools}} well in {{turns}}?",
            input(
                """
                {"turns": [
                    {"role": "user", "content": "Where is order 7?"},
                    {"role": "assistant", "content": null, "tool_calls": [
                        {"id": "c1", "type": "function", "function": {"name": "track", "arguments": "{\\"order\\": 7}"}},
                        {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
                    {"role": "tool", "tool_call_id": "c2", "content": "rain"},
                    {"role": "tool", "tool_call_id": "c1", "content": "in Oslo"},
                    {"role": "assistant", "content": "It is in Oslo.", "contexts": ["Orders are tracked."]}],
                 "tools": [{"type": "function", "function": {"name": "track", "description": "Finds an order."}}]}
                """))
        #expect(
            blocks.map(\.name) == [
                "evaluator", "criteria", "tools", "turns.1.user", "turns.2.tool_calls", "turns.3.tool_call_id",
                "turns.3.tool", "turns.4.tool_call_id", "turns.4.tool", "turns.5.contexts.1", "turns.5.assistant",
            ])
        let calls = try #require(text("turns.2.tool_calls", blocks))
        let names = try JSONParser.parse(calls).arrayValue?.map { $0["function"]?["name"]?.stringValue }
        #expect(names == ["track", "weather"])
        #expect(calls.contains(#"{\"order\": 7}"#))
        #expect(text("turns.3.tool_call_id", blocks) == "c2" && text("turns.3.tool", blocks) == "rain")
        #expect(text("turns.4.tool_call_id", blocks) == "c1" && text("turns.4.tool", blocks) == "in Oslo")
        #expect(text("turns.5.contexts.1", blocks) == "Orders are tracked.")
        #expect(text("tools", blocks)?.contains("Finds an order.") == true)
    }

    @Test func expectedOutputAndContextsAreQuotedAsTheyAre() throws {
        let blocks = try blocks(
            "Does {{response}} agree with {{expected_output}} by {{contexts}}?",
            input(#"{"response": "R", "expected_output": "line 1\nline 2", "contexts": ["a", "b\n"]}"#))
        #expect(text("expected_output", blocks) == "line 1\nline 2")
        #expect(text("contexts.1", blocks) == "a" && text("contexts.2", blocks) == "b\n")
    }

    @Test func systemPromptIsSeenByCriteriaThatNameItOrLookAtTheWholeConversation() throws {
        let input = try input(#"{"request": "Q", "response": "A", "system_prompt": "Be brief."}"#)
        #expect(text("system_prompt", try blocks("Does {{response}} follow {{system_prompt}}?", input)) == "Be brief.")
        #expect(text("system_prompt", try blocks("Judge {{turns}}.", input)) == "Be brief.")
        #expect(text("system_prompt", try blocks("Judge it.", input)) == "Be brief.")
        #expect(text("system_prompt", try blocks("Is {{response}} polite?", input)) == nil)
        let asVariable = EvaluationInput(response: "A", variables: ["system_prompt": "Be long."])
        #expect(text("system_prompt", try blocks("By {{system_prompt}}: {{response}}?", asVariable)) == "Be long.")
    }

    @Test func earlierFormsOfAnInputMeanTheSame() throws {
        let blocks = try blocks(
            "Compare {{response}} with {{expected_output}} by {{turns}}.",
            input(
                """
                {"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "tool_name": "search"},
                              {"role": "assistant", "content": "A"}],
                 "functions": [{"name": "search"}], "reference": "R", "labels": ["x"], "skill_version_id": null}
                """))
        #expect(text("turns.2.tool_calls", blocks)?.contains("search") == true)
        #expect(text("tools", blocks)?.contains("search") == true)
        #expect(text("expected_output", blocks) == "R")
        #expect(text("criteria", blocks) == "Compare [turns.3.assistant] with [expected_output] by [turns].")
        let strange = try input(#"{"response": "A", "functions": "none", "reference": {"a": 1}}"#)
        #expect(strange.tools == nil && strange.expectedOutput == nil)
    }
}
