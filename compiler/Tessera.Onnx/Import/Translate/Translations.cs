using System.Collections.Frozen;
using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>A node of ONNX that is read as several ops, or whose defaults depend on what it is given.</summary>
/// <param name="OpType">Name of the operator.</param>
/// <param name="Read">Its results by position; null where it cannot be expressed.</param>
internal sealed record Translation(string OpType, Func<NodeView, IReadOnlyList<Value?>?> Read)
{
    /// <summary>Domain of the operator; empty for <c>ai.onnx</c>.</summary>
    public string Domain { get; init; } = "";

    /// <summary>First version of the opset that has this meaning.</summary>
    public int Since { get; init; } = 1;

    /// <summary>First version that no longer has it.</summary>
    public int Until { get; init; } = int.MaxValue;

    /// <summary>Whether our own emitter writes the form too: a row says when, but not what it leaves out.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Whether it is tried before the mapping tables: it knows more of the operands than they do.</summary>
    public bool ComesFirst { get; init; }
}

/// <summary>All translations by operator.</summary>
internal static class Translations
{
    private static readonly Lazy<FrozenDictionary<string, Translation[]>> s_byName = new(static () =>
        ShapingTranslations.All
        .Concat(ArithmeticTranslations.All)
        .Concat(ReductionTranslations.All)
        .Concat(IntegerReductionTranslations.All)
        .Concat(SignalTranslations.All)
        .Concat(LossTranslations.All)
        .Concat(NormTranslations.All)
        .Concat(AttentionTranslations.All)
        .Concat(FlexAttentionTranslations.All)
        .Concat(RandomTranslations.All)
        .Concat(OldFormTranslations.All)
        .Concat(WindowTranslations.All)
        .Concat(ResizeTranslations.All)
        .Concat(StructureTranslations.All)
        .Concat(ScanTranslations.All)
        .Concat(StateTranslations.All)
        .Concat(TrainingTranslations.All)
        .Concat(LearningTranslations.All)
        .Concat(FeatureTranslations.All)
        .Concat(LinearModelTranslations.All)
        .Concat(ExpertTranslations.All)
        .GroupBy(static t => t.OpType)
        .ToFrozenDictionary(static g => g.Key, static g => g.ToArray()));

    public static IEnumerable<Translation> Find(string domain, string opType, long version) =>
        s_byName.Value.GetValueOrDefault(opType, []).Where(t => t.Domain == domain && t.Since <= version && version < t.Until);

    /// <summary>Whether any version of the domain has the name.</summary>
    public static bool Knows(string domain, string opType) => s_byName.Value.GetValueOrDefault(opType, []).Any(t => t.Domain == domain);
}
