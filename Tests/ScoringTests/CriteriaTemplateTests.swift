import FoundationEssentials
import Scoring
import Tenancy
import Testing

@Suite struct CriteriaTemplateTests {
    @Test func whiteSpaceInsideTheBracesIsInsignificant() {
        let template = CriteriaTemplate("Is {{ response }} an answer to {{request}}?")
        #expect(
            template.segments == [
                .text("Is "), .placeholder("response"), .text(" an answer to "), .placeholder("request"), .text("?"),
            ])
    }

    @Test func aNameIsListedOnceInTheOrderOfItsFirstUse() {
        let template = CriteriaTemplate("{{b}} {{ a }} {{b}} {{policy-text}} {{user name}}")
        #expect(template.placeholders == ["b", "a", "policy-text", "user name"])
    }

    @Test(arguments: [
        "no braces", "{single}", "{{}}", "{{ }}", "{{1st}}", "{{a|upper}}", "{{\"key\": 1}}", "{{open", "{{a}", "}}{{",
        "{{", "{", "",
    ])
    func whatIsNoPlaceholderStaysText(text: String) {
        let template = CriteriaTemplate(text)
        #expect(template.placeholders.isEmpty)
        #expect(template.segments == (text.isEmpty ? [] : [.text(text)]))
    }

    @Test func aPlaceholderInsideFurtherBracesIsFound() {
        #expect(CriteriaTemplate("{{{a}}}").segments == [.text("{"), .placeholder("a"), .text("}")])
        #expect(CriteriaTemplate("{{ {{a}}").segments == [.text("{{ "), .placeholder("a")])
    }

    @Test func manyBracesTakeLinearTime() {
        let template = CriteriaTemplate(String(repeating: "{{", count: 100_000))
        #expect(template.placeholders.isEmpty)
    }

    @Test func lettersOfAnyScriptMakeAName() {
        #expect(CriteriaTemplate("{{Antwort_für_Bürger}} {{回答}}").placeholders == ["Antwort_für_Bürger", "回答"])
    }
}

@Suite struct ExecutionInputsTests {
    private func inputs(_ criteria: String, declared: [String] = []) -> [String: InputShape] {
        let inputs = ExecutionInputs(
            template: CriteriaTemplate(criteria), declared: declared.map(InputVariable.init(name:)))
        return Dictionary(uniqueKeysWithValues: inputs.entries.map { ($0.name, $0.shape) })
    }

    @Test func placeholdersDecideWhatAnExecutionNeeds() {
        #expect(
            inputs("{{request}} {{response}} {{contexts}} {{expected_output}} {{turns}} {{tools}} {{subject}}") == [
                "request": .string, "response": .string, "contexts": .arrayOfStrings, "expected_output": .string,
                "turns": .arrayOfObjects, "tools": .arrayOfObjects, "subject": .string,
            ])
    }

    @Test func declaredVariablesAreAdded() {
        #expect(inputs("{{response}}", declared: ["tone", "response"]) == ["response": .string, "tone": .string])
    }

    @Test func criteriaWithoutPlaceholdersAreAboutRequestAndResponse() {
        #expect(inputs("Is it polite?") == ["request": .string, "response": .string])
    }

    @Test func aJudgeNeedsWhatAnyOfItsEvaluatorsNeeds() {
        let union = ExecutionInputs(union: [
            ExecutionInputs(template: CriteriaTemplate("{{response}}"), declared: []),
            ExecutionInputs(template: CriteriaTemplate("{{contexts}} {{response}} {{topic}}"), declared: []),
        ])
        #expect(union.entries.map(\.name) == ["response", "contexts", "topic"])
        #expect(union.variableNames == ["topic"])
        #expect(union.contains(.contexts) && !union.contains(.request))
    }

    @Test func withoutRequestAndResponseTheLastTurnsStandForThem() {
        let input = EvaluationInput(turns: [
            Turn(role: .user, content: "first"), Turn(role: .assistant, content: "answer"),
            Turn(role: .user, content: "second"), Turn(role: .assistant, content: nil),
        ])
        #expect(input.effectiveRequest == "second")
        #expect(input.effectiveResponse == "answer")
        #expect(!input.isEmpty && EvaluationInput(request: "").isEmpty)
    }
}

@Suite struct DefinitionTests {
    private let objective = ObjectiveID(uuid: .init())

    @Test func aDefinitionWithinItsLimitsPasses() throws {
        let definition = EvaluatorDefinition(
            name: "Ok", criteria: CriteriaTemplate("{{response}}"), models: ["root"], objectiveID: objective)
        #expect(throws: Never.self) { try definition.validate() }
    }

    @Test func everyBrokenLimitIsNamedAtOnce() {
        let definition = EvaluatorDefinition(
            name: "x", criteria: CriteriaTemplate("a\0b"), models: [""], objectiveID: objective,
            inputVariables: [InputVariable(name: "")])
        let error = #expect(throws: InvalidDefinition.self) { try definition.validate() }
        #expect(error?.problems.map(\.field) == ["name", "scoring_criteria", "models", "input_variables"])
    }

    @Test func judgesAndModelsHaveLimitsToo() {
        let judge = #expect(throws: InvalidDefinition.self) {
            try JudgeDefinition(name: "ab", intent: "", stage: String(repeating: "s", count: 256)).validate()
        }
        #expect(judge?.problems.map(\.field) == ["name", "intent", "stage"])
        let model = #expect(throws: InvalidDefinition.self) {
            try ModelDefinition(name: "", upstreamModel: "m", maximumOutputTokens: 799, maximumTokens: -1).validate()
        }
        #expect(model?.problems.map(\.field) == ["name", "max_output_token_count", "max_token_count"])
    }

    @Test(arguments: ["Tool_Selection", "tool-selection", "Tool  Selection", "TOOL SELECTION"])
    func separatorsAndCaseDoNotMatterInALenientName(name: String) {
        #expect(LenientName.of(name) == "tool selection")
    }
}
