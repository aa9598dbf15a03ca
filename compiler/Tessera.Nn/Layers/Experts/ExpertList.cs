namespace Tessera.Nn.Layers;

/// <summary>Experts whose matrices are weights of their own, <c>0.w1.weight[hidden, dim]</c> and so on, as Mixtral's files have them.</summary>
public sealed class ExpertList : Experts
{
    private readonly ModuleList<Expert> _experts;

    /// <param name="dim">Width of x.</param>
    /// <param name="hidden">Hidden width of each expert, which may differ.</param>
    /// <param name="options">What they compute; null for two matrices with biases and a GELU.</param>
    /// <param name="names">Names of their layers; null for w1, w2 and w3.</param>
    /// <param name="result">Width of the result; 0 for <paramref name="dim"/>.</param>
    public ExpertList(int dim, IReadOnlyList<int> hidden, ExpertOptions? options = null, ExpertNames? names = null, int result = 0)
        : base(dim, hidden.Count, options) =>
        _experts = ModuleList.Repeat(hidden.Count, e => new Expert(dim, hidden[e], result == 0 ? dim : result, Options, names ?? ExpertNames.Numbered));

    /// <param name="dim">Width of x.</param>
    /// <param name="count">E, the number of experts.</param>
    /// <param name="hidden">Hidden width of all.</param>
    /// <param name="options">What they compute; null for two matrices with biases and a GELU.</param>
    /// <param name="names">Names of their layers; null for w1, w2 and w3.</param>
    public ExpertList(int dim, int count, int hidden, ExpertOptions? options = null, ExpertNames? names = null)
        : this(dim, [.. Enumerable.Repeat(hidden, Math.Max(count, 0))], options, names)
    {
    }

    public override IEnumerable<ModuleMember> Members => _experts.Select(static (e, i) => new ModuleMember($"{i}", e));

    public override string ToString() => $"{nameof(ExpertList)}({Count} × {_experts[0].ToString().ReplaceLineEndings(" ")})";

    private protected override IReadOnlyList<IReadOnlyList<ExpertWeight>> Weights(Tensor any) => [.. _experts.Select(e => e.Weights(any))];
}
