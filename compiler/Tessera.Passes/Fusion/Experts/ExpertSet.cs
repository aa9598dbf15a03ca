using Tessera.Ir;

namespace Tessera.Passes.Fusion;

/// <summary>Experts of one site, collected one by one, and the op that they become together.</summary>
internal sealed class ExpertSet(RewriteContext context)
{
    private const int MostShown = 8;
    private readonly SortedDictionary<long, ExpertForm> _experts = [];

    public RewriteContext Context => context;

    public Assignment? Assignment { get; private set; }

    /// <summary>How many experts the routing counts; null where that is not known.</summary>
    public long? Needed => Assignment?.Experts;

    public int Count => _experts.Count;

    public bool IsComplete => Needed == _experts.Count && _experts.Count > 0;

    /// <summary>Takes an expert in where it is of the same kind, is given the same and follows the same routing as the others.</summary>
    public bool TryAdd(long expert, ExpertForm form, Assignment assignment)
    {
        Assignment ??= assignment;
        bool fits = Assignment == assignment && IsOfTokens(assignment, form.X) && expert >= 0 && (Needed is null || expert < Needed)
            && (_experts.Count == 0 || (_experts.Values.First() is var first && ReferenceEquals(first.X, form.X) && first.IsLike(form)));
        return fits && _experts.TryAdd(expert, form);
    }

    /// <summary>Which are missing, for whoever asks why nothing was fused.</summary>
    public string Missing()
    {
        long absent = (Needed ?? 0) - _experts.Count;
        List<long> first = [];
        for (long e = 0; e < Needed && first.Count < MostShown; e++)
        {
            if (!_experts.ContainsKey(e))
            {
                first.Add(e);
            }
        }

        return $"of {Needed} experts {absent} are missing ({string.Join(", ", first)}{(absent > MostShown ? ", …" : "")}): a trace that left out those without tokens says nothing of them";
    }

    // One row of ids for each token, none for all of them.
    private bool IsOfTokens(Assignment assignment, Value x)
    {
        Shape ids = [.. assignment.Ids.Shape.SkipLast(1)];
        Shape tokens = [.. x.Shape.SkipLast(1)];
        return context.Equal(ids.NumElements, tokens.NumElements);
    }

    /// <summary>The sum of all experts over tokens, in an op's place: <c>x[…, D] → […, D']</c>; null where they have no such form.</summary>
    public Value? Emit(Op op) => ExpertEmission.Emit(op, context, _experts.Values.First().X, Assignment!, [.. _experts.Values]);
}
