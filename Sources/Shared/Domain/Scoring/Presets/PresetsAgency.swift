import FoundationEssentials
import Tenancy

// How an agent goes about its task in a conversation. A plain request and response are judged as a conversation of two.

extension PresetCatalogue {
    static let agency: [PresetEvaluator] = [knowledgeRetention, planningEfficiency, toolSelection]

    private static let knowledgeRetention = PresetEvaluator(
        UUID(high: 0x193d0c31_6953_4f4d, low: 0x840a_d42bdb23e5a7), "Knowledge Retention",
        intent: "To measure whether the assistant remembers and uses what it learned earlier in the conversation.",
        inputs: [.turns],
        guide: """
            Measure whether the assistant retains what it was told in the course of the conversation: facts, names, \
            preferences, decisions, corrections, and results of its own tool calls.

            Collect what was given earlier and matters later. Then look through the assistant's later turns: does it \
            use these facts correctly, ask again for what it already knows, contradict them, or fall back behind a \
            correction?

            1 - Everything that matters is remembered and used correctly; nothing known is asked for again.
            0.75 - Retained in the main; a minor detail is forgotten or asked for again.
            0.5 - Some facts that matter are kept and others are lost.
            0.25 - Most is lost; the conversation starts over again and again.
            0 - Contradicts or ignores what it was told in an essential point, or retains nothing.

            What was never said cannot be retained. When nothing given earlier matters later, as in an exchange of \
            one question and one answer that uses what the question says, nothing was lost: 1.
            """)

    private static let planningEfficiency = PresetEvaluator(
        UUID(high: 0xed3e16c2_2d4e_4ec2, low: 0xb4af_b4b54a24009d), "Planning Efficiency",
        intent: "To measure how efficiently the agent plans and carries out its steps.",
        inputs: [.turns, .tools],
        guide: """
            Measure how efficiently the agent reaches its goal: whether its plan, or the steps it actually takes, \
            lead there without waste.

            Determine the user's goal. Go through the steps - plans stated, tool calls, questions to the user, \
            answers - and ask of each: was it needed, was it in a sensible place, did its result get used? Wasteful \
            are repeated calls with the same effect, calls whose result is ignored, detours, work in the wrong order \
            that has to be done over, asking the user for what can be looked up, and going on after the goal is \
            reached. Failing to take a needed step is inefficient too: the goal is then not reached.

            1 - The shortest sensible way: every step needed, in good order, goal reached.
            0.75 - The goal is reached with one or two superfluous steps.
            0.5 - The goal is reached with clear detours, or nearly reached on a sensible way.
            0.25 - Mostly waste, or far from the goal.
            0 - No plan to speak of: going in circles or in the wrong direction.

            A step that fails for outside reasons and is then handled sensibly is not waste. Where no tools are \
            involved, judge the plan or the line of steps in the answer itself.
            """)

    private static let toolSelection = PresetEvaluator(
        UUID(high: 0xdd120733_d107_4e77, low: 0xa78b_5f04ade1a969), "Tool Selection",
        intent: "To measure whether the agent selected the right tools for what was asked.",
        inputs: [.turns, .tools],
        guide: """
            Measure whether the agent chose the right tools at the right moments of the conversation.

            For each point at which the assistant acts, determine from the conversation so far and the descriptions \
            of the available tools which tool, if any, fits best. Compare with what it did: the fitting tool, a less \
            fitting one, one that does not fit, a tool where none was needed, none where one was needed, or a tool \
            that does not exist. Arguments count only as far as they show that the tool was misunderstood. Judge the \
            choice, not the result of the call.

            1 - The best-fitting choice at every point, including not calling any tool where none is needed.
            0.75 - Fitting choices; one could have been better without harm.
            0.5 - Fitting and unfitting choices of about equal weight, or a needed tool is called late.
            0.25 - Mostly unfitting choices, or a decisive call is missing.
            0 - The wrong tool for the purpose throughout, a tool that does not exist, or none although the task \
            cannot be done without.

            Where no tools are listed, infer from the calls which there are. Where no tool was available or needed \
            and none was called, the choice was right: 1.
            """)
}
