using Tessera.Ir;

namespace Tessera.Passes.Fusion;

/// <summary>Experts of one site, collected one by one, and the op that they become together.</summary>
internal sealed class ExpertSet(RewriteContext context)
{
    private const int MostShown = 8;
    private readonly SortedDictionary<long, ExpertForm> _experts = [];
    private ExpertForm? _first;

    public RewriteContext Context => context;

    public Assignment? Assignment { get; private set; }

    /// <summary>How many experts the routing counts; null where that is not known.</summary>
    public long? Needed { get; private set; }

    public int Count => _experts.Count;

    public bool IsComplete => Needed == _experts.Count && _experts.Count > 0;

    /// <summary>Takes an expert in where it is of the same kind, is given the same and follows the same routing as the others.</summary>
    public bool TryAdd(long expert, ExpertForm form, Assignment assignment)
    {
        // What holds for the first holds for all that are given the same.
        bool fits = _first is null ? IsOfTokens(assignment, form.X) : Assignment == assignment && ReferenceEquals(_first.X, form.X) && _first.IsLike(form);
        if (fits && _first is null)
        {
            (Assignment, Needed) = (assignment, assignment.Experts);
        }

        fits = fits && expert >= 0 && (Needed is null || expert < Needed) && _experts.TryAdd(expert, form);
        _first ??= fits ? form : null;
        return fits;
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
    public Value? Emit(Op op) => ExpertEmission.Emit(op, context, _first!.X, Assignment!, [.. _experts.Values]);
}
