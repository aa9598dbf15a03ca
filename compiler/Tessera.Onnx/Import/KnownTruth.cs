using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>What is known of a condition before anything runs: exporters ask at run time for ranks and sizes that a type tells.</summary>
internal static class KnownTruth
{
    /// <summary>Whether a value of one element is true; null where only a run can tell.</summary>
    public static bool? Of(Value condition, DimFacts facts) => condition.Producer switch
    {
        Constant { Value: { Count: 1, DType: DType.Bool } content } => RefTensors.FromContent(content).B[0],
        Cast { X: { DType: DType.Bool } x } => Of(x, facts),
        Cast { X.Sizes: [var size] } => Not(Truth(facts.Equal(size, 0))),
        Not not => Not(Of(not.X, facts)),
        Reshape { X: { DType: DType.Bool } x } => Of(x, facts),
        Squeeze { X: { DType: DType.Bool } x } => Of(x, facts),
        Unsqueeze { X: { DType: DType.Bool } x } => Of(x, facts),
        And both => (Of(both.A, facts), Of(both.B, facts)) switch
        {
            (false, _) or (_, false) => false,
            (true, true) => true,
            _ => null,
        },
        Or either => (Of(either.A, facts), Of(either.B, facts)) switch
        {
            (true, _) or (_, true) => true,
            (false, false) => false,
            _ => null,
        },
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
