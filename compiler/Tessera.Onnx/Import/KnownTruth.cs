using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>What is known of a condition before anything runs: exporters ask at run time for ranks and sizes that a type tells.</summary>
internal static class KnownTruth
{
    /// <summary>Conditions of exporters and of functions ask a handful of things; one of more steps is left to run time.</summary>
    private const int MostSteps = 256;

    /// <summary>Whether a value of one element is true; null where only a run can tell.</summary>
    public static bool? Of(Value condition, DimFacts facts)
    {
        int steps = MostSteps;
        return Of(condition, facts, ref steps);
    }

    // The steps are those of the whole question: a condition that asks twice for one value has twice the steps.
    private static bool? Of(Value condition, DimFacts facts, ref int steps) => steps-- <= 0 ? null : condition.Producer switch
    {
        Constant { Value: { Count: 1, DType: DType.Bool } content } => RefTensors.FromContent(content).B[0],
        Cast { X: { DType: DType.Bool } x } => Of(x, facts, ref steps),
        Cast { X.Sizes: [var size] } => Not(Truth(facts.Equal(size, 0))),
        Not not => Not(Of(not.X, facts, ref steps)),
        Reshape { X: { DType: DType.Bool } x } => Of(x, facts, ref steps),
        Squeeze { X: { DType: DType.Bool } x } => Of(x, facts, ref steps),
        Unsqueeze { X: { DType: DType.Bool } x } => Of(x, facts, ref steps),
        And both => Of(both.A, facts, ref steps) & Of(both.B, facts, ref steps),
        Or either => Of(either.A, facts, ref steps) | Of(either.B, facts, ref steps),
        Equal { A.Sizes: [var a], B.Sizes: [var b] } => Truth(facts.Equal(a, b)),
        GreaterOrEqual { A.Sizes: [var a], B.Sizes: [var b] } => Truth(facts.GreaterEqual(a, b)),
        LessOrEqual { A.Sizes: [var a], B.Sizes: [var b] } => Truth(facts.GreaterEqual(b, a)),
        Less { A.Sizes: [var a], B.Sizes: [var b] } => Not(Truth(facts.GreaterEqual(a, b))),
        Greater { A.Sizes: [var a], B.Sizes: [var b] } => Not(Truth(facts.GreaterEqual(b, a))),
        _ => null,
    };

    private static bool? Truth(Proof proof) => proof switch
    {
        Proof.Proved => true,
        Proof.Disproved => false,
        _ => null,
    };

    private static bool? Not(bool? truth) => truth is { } known ? !known : null;
}
