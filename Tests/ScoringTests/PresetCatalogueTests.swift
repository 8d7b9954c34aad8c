import FoundationEssentials
import Scoring
import Tenancy
import Testing

@Suite struct PresetCatalogueTests {
    /// Identifiers that client libraries have built in, by the attribute they are called by.
    static let published = """
        Faithfulness 901794f9-634c-4852-9e41-7c558f1ff1ab
        Relevance bd789257-f458-4e9e-8ce9-fa6e86dc3fb9
        Clarity 9976d9f3-7265-4732-b518-d61c2642b14e
        Non_toxicity e296e374-7539-4eb2-a74a-47847dd26fb8
        Helpfulness 88bc92d5-bebf-45e4-9cd1-dfa33309c320
        Politeness 2856903a-e48c-4548-b3fe-520fd88c4f25
        Formality 8ab6cf1a-42b5-4a23-a15c-21372816483d
        Harmlessness 379fee0a-4fd1-4942-833b-7d78d78b334d
        Confidentiality 2eaa0a02-47a9-48f7-9b47-66ad257f93eb
        Persuasiveness 85bb6a74-f5dd-4130-8dcc-cffdf72327cc
        Sentiment_recognition e3782c1e-eaf4-4b2d-8d26-53db2160f1fd
        Safety_for_Children 39a8b5ba-de77-4726-a6b0-621d40b3cdf5
        Precision 767bdd49-5f8c-48ca-8324-dfd6be7f8a79
        Originality e72cb54f-548a-44f9-a6ca-4e14e5ade7f7
        Engagingness 64729487-d4a8-42d8-bd9e-72fd8390c134
        Conciseness be828d33-158a-4e92-a2eb-f4d96c13f956
        Coherence e599886c-c338-458f-91b3-5d7eba452618
        Quality_of_Writing_Professional 059affa9-2d1c-48de-8e97-f81dd3fc3cbe
        Quality_of_Writing_Creative 060abfb6-57c9-43b5-9a6d-8a1a9bb853b8
        Truthfulness 053df10f-b0c7-400b-892e-46ce3aa1e430
        Compliance_Preview 4613f248-b60e-403a-bcdc-157d1c44194a
        Faithfulness_Swift a3a5e97b-7fcb-441e-92f2-6e59aa473b89
        Truthfulness_Swift c8c65e61-2dc8-4f29-865a-a5e59127d208
        Completeness f0832c32-6beb-4383-a1ea-cdeb883d9044
        Reading_Ease 119d9587-9b33-4d43-a6b6-ba116dfee31b
        Answer_Willingness c81034ae-9439-4c93-bab3-d159eaf072bf
        Information_Density 789a3dd8-7794-4f01-b229-3a99088c82fc
        Planning_Efficiency ed3e16c2-2d4e-4ec2-b4af-b4b54a24009d
        Faithfulness_to_Citations 2569dddd-9b2c-4811-b35a-06fcfdc62d7a
        Translation_Quality 44e6722e-43e0-4791-a84f-0e1480adccd6
        Context_Completeness 7c8f9e3a-1b2d-4c5e-9f8a-6d7c4b3e2a1f
        Summarization_Quality e7548186-af7c-49ef-be24-eda7c47adb6d
        Tool_Selection dd120733-d107-4e77-a78b-5f04ade1a969
        Knowledge_Retention 193d0c31-6953-4f4d-840a-d42bdb23e5a7
        """
    static let superseded = """
        JSON_Empty_Values_Ratio 03829088-1799-438e-ae30-1db60832e52d
        JSON_Property_Name_Accuracy 740923aa-8ffd-49cc-a95d-14f831243b25
        JSON_Property_Type_Accuracy eabc6924-1fec-4e96-82ce-c03bf415c885
        JSON_Property_Completeness e5de37f7-d20c-420f-8072-f41dce96ecfc
        JSON_Content_Accuracy b6a9aeff-c888-46d7-9e9c-7cf8cb461762
        Context_Recall 8bb60975-5062-4367-9fc6-a920044cba56
        Answer_Correctness d4487568-4243-4da8-9c76-adbaf762dbe0
        Answer_Semantic_Similarity ff350bce-4b07-4af7-9640-803c9d3c2ff9
        Context_Precision 9d1e9a25-7e76-4771-b1e3-40825d7918c5
        Answer_Relevance 0907d422-e94f-4c9c-a63d-ec0eefd8a903
        """

    private func expected(_ list: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: list.split(separator: "\n").map { line in
                let parts = line.split(separator: " ")
                return (LenientName.of(String(parts[0])), String(parts[1]))
            })
    }

    private func actual(superseded: Bool) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: PresetCatalogue.evaluators
                .filter { $0.isSuperseded == superseded && ($0.code == nil || superseded) }
                .map { (LenientName.of($0.name), $0.id.description) })
    }

    @Test func everyPublishedIdentifierHasItsEvaluatorAndNoOther() {
        #expect(actual(superseded: false) == expected(Self.published))
        #expect(actual(superseded: true) == expected(Self.superseded))
    }

    @Test func namesThatClientsSpellOutAreExact() {
        let names = Set(PresetCatalogue.evaluators.map(\.name))
        for name in [
            "Faithfulness", "Relevance", "Clarity", "Helpfulness", "Politeness", "Confidentiality",
            "Safety for Children", "Precision", "Conciseness", "Truthfulness", "Compliance-preview",
            "Faithfulness to Citations", "Tool Selection", "Context Precision",
        ] {
            #expect(names.contains(name), "\(name)")
        }
    }

    @Test func theFirstOfTheListIsPlain() throws {
        let first = try #require(PresetCatalogue.evaluators.first)
        #expect(first.definition.inputs.entries.map(\.name) == ["request", "response"])
        let dates = PresetCatalogue.evaluators.indices.map(PresetCatalogue.creationDate(at:))
        #expect(zip(dates, dates.dropFirst()).allSatisfy(>), "the order of the catalogue is newest first")
    }

    @Test func aClientFindsOneWithAndOneWithoutContextsOnItsFirstPage() {
        let page = PresetCatalogue.evaluators.prefix(40)
        #expect(page.contains { $0.definition.inputs.contains(.contexts) })
        #expect(page.first { !$0.definition.inputs.contains(.contexts) }?.name != "Tool Selection")
    }

    @Test func codeIsBuiltInToo() {
        let code = PresetCatalogue.evaluators.filter { $0.code != nil }
        #expect(code.count == 14)
        #expect(code.allSatisfy { $0.criteria.text.isEmpty && $0.definition.inputs.contains(.response) })
        #expect(throws: Never.self) { for preset in code { try preset.definition.validate() } }
    }

    @Test(arguments: PresetCatalogue.evaluators.filter { $0.code == nil })
    func criteriaSayWhatTheScoresMean(preset: PresetEvaluator) {
        let text = preset.criteria.text
        for anchor in ["1 - ", "0.5 - ", "0 - "] {
            #expect(text.contains(anchor), "\(preset.name) says what \(anchor) means")
        }
        #expect(!preset.definition.inputs.entries.isEmpty && preset.definition.inputs.variableNames.isEmpty)
        #expect(throws: Never.self) { try preset.definition.validate() }
    }

    @Test(arguments: [
        ("Faithfulness", ["request", "response", "contexts"]), ("Clarity", ["response"]),
        ("Truthfulness", ["request", "response", "contexts", "expected_output"]),
        ("Tool Selection", ["turns", "tools"]),
        ("Context Completeness", ["request", "contexts"]), ("Politeness", ["response"]),
    ])
    func inputsFollowFromTheCriteria(name: String, inputs: [String]) throws {
        let preset = try #require(PresetCatalogue.evaluators.first { $0.name == name })
        #expect(preset.definition.inputs.entries.map(\.name) == inputs)
    }

    @Test func versionsAreNamedByTheirContent() {
        let presets = PresetCatalogue.evaluators
        #expect(Set(presets.map(\.versionID)).count == presets.count)
        #expect(Set(presets.map(\.objectiveID)).count == presets.count)
        #expect(Set(presets.map(\.objectiveVersionID)).count == presets.count)
        // The same on every machine and in every process.
        #expect(
            EvaluatorID(uuid: ContentHash(of: "ab", "c").uuid).description == "32763e66-4083-894f-b081-4487f805ad59")
        #expect(ContentHash(of: "ab", "c").uuid != ContentHash(of: "a", "bc").uuid)
    }
}
