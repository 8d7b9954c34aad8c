internal import Scoring

/// One evaluator as far as an evaluation needs it.
struct EvaluatorTask: Sendable, Hashable {
    let name: String
    /// What it measures, in words.
    let objective: String
    let criteria: CriteriaTemplate
    /// Variables that are declared beside the placeholders of the criteria.
    let variables: [String]
    /// Worked examples, as they are to be shown.
    let demonstrations: [Demonstration]
    let behavior: EvaluatorBehavior
    /// The models to ask, the first that answers decides; never empty.
    let models: [String]

    /// The model that is asked when an evaluator names none.
    static let defaultModel = "root"

    init(
        name: String, objective: String, criteria: CriteriaTemplate, variables: [String] = [],
        demonstrations: [Demonstration] = [], behavior: EvaluatorBehavior = .balanced, models: [String] = []
    ) {
        self.name = name
        self.objective = objective
        self.criteria = criteria
        self.variables = variables
        self.demonstrations = demonstrations
        self.behavior = behavior
        self.models = models.isEmpty ? [Self.defaultModel] : models
    }
}
