using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Unbatching;

namespace Tessera.Passes.Packing;

/// <summary>
/// From a model of a padded batch to that of one example without padding, in the order that makes it a proof: examples do not
/// mix while the batch still has any size; padding does not reach what is an example's own while masks are still inputs; only
/// then are masks all true.
/// </summary>
public static class UnpadPass
{
    /// <exception cref="TesseraException">TSR0530 to TSR0534: why the model cannot be packed.</exception>
    public static UnpaddedGraph Run(Graph graph, PackingRequest request)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(request);
        UnbatchedGraph one = UnbatchPass.Run(Pipelines.Plain.Run(graph, new PassContext()), request.Batch);
        Graph plain = Pipelines.Plain.Run(one.Graph, new PassContext());
        _ = Promised(plain, request);
        RequireForms(plain, request);
        Value[] masks = [.. request.Masks.Select(name => Mask(plain, name, request))];
        Dictionary<string, MaskForm> forms = [];
        if (masks.Length > 0)
        {
            plain = WithoutMasks(plain, masks, request, forms);
        }

        Value[] inputs = [.. plain.Inputs.Where(v => !masks.Contains(v))];
        return new UnpaddedGraph(plain with { Inputs = inputs, Ragged = request.Ragged }, one, forms);
    }

    // A mask is flags, or what is added to logits; where it is not known which, what can be proved is.
    private static Graph WithoutMasks(Graph graph, Value[] masks, PackingRequest request, Dictionary<string, MaskForm> forms)
    {
        TesseraException? first = null;
        Graph? proved = null;
        foreach (Dictionary<string, MaskForm> reading in Readings(masks, request))
        {
            try
            {
                Graph made = Read(graph, masks, request, reading);
                if (proved is not null && (request.ReadsMasks || !made.Roots.SequenceEqual(proved.Roots)))
                {
                    throw Ambiguous(masks, reading, forms);
                }

                proved = made;
                foreach ((string mask, MaskForm form) in reading)
                {
                    forms.TryAdd(mask, form);
                }
            }
            catch (TesseraException error) when (error.Code == "TSR0533")
            {
                first ??= error;
            }
        }

        return Pipelines.Plain.Run(proved ?? throw first!, new PassContext());
    }

    private static Graph Read(Graph graph, Value[] masks, PackingRequest request, Dictionary<string, MaskForm> reading)
    {
        Dictionary<Value, PaddingState> known = Promised(graph, request);
        foreach (Value mask in masks)
        {
            known[mask] = OfMask(mask, reading[NameOf(mask)], request);
        }

        return AssumeUnpadded.Run(graph, PaddingProof.Run(graph, request.Ragged, known));
    }

    // Masks of floats of which nothing is said are read alike, the likelier way first.
    private static IEnumerable<Dictionary<string, MaskForm>> Readings(Value[] masks, PackingRequest request)
    {
        Value[] open = [.. masks.Where(m => m.DType.IsFloat() && !request.Forms.ContainsKey(NameOf(m)))];
        MaskForm[] forms = open.Length == 0 ? [MaskForm.Flags]
            : open.All(static m => m.Rank > 1) ? [MaskForm.Added, MaskForm.Flags]
            : [MaskForm.Flags, MaskForm.Added];
        return forms.Select(form => masks.ToDictionary(NameOf, m => request.Forms.TryGetValue(NameOf(m), out MaskForm said) ? said : m.DType.IsFloat() ? form : MaskForm.Flags));
    }

    // Where padding is hidden by causality alone, the model itself does not tell.
    private static TesseraException Ambiguous(Value[] masks, Dictionary<string, MaskForm> reading, Dictionary<string, MaskForm> other)
    {
        string name = NameOf(masks.First(m => reading[NameOf(m)] != other[NameOf(m)]));
        return new TesseraException(
            "TSR0535", name, "padding stays out whether the mask is flags or what is added to logits, and what is packed would not be the same.", $"Say which: --mask {name}:flags, or --mask {name}:added.");
    }

    private static Value Mask(Graph graph, string name, PackingRequest request)
    {
        Value mask = Input(graph, name);
        int[] padded = [.. Enumerable.Range(0, mask.Rank).Where(a => mask.Shape[a].Symbols.Any(request.Ragged.Contains))];
        return padded.Length == 1 && mask.Shape.Count(static d => d != Dim.One) == 1 ? mask : throw new TesseraException(
            "TSR0534", name, $"the mask of one example is {mask.Type}: it carries more than padding.", $"A mask has one axis of {string.Join(" or ", request.Ragged)}, and otherwise axes of size 1.");
    }

    private static void RequireForms(Graph graph, PackingRequest request)
    {
        foreach ((string name, MaskForm form) in request.Forms)
        {
            if (!request.Masks.Contains(name) || (form == MaskForm.Added && !Input(graph, name).DType.IsFloat()))
            {
                throw new TesseraException(
                    "TSR0534", name, request.Masks.Contains(name) ? $"the mask is {Input(graph, name).DType.Text()}; what is added to logits is of floats." : "its form is given, and it is no mask.", "Masks of flags need no form.");
            }
        }
    }

    private static Value Input(Graph graph, string name) => graph.Inputs.FirstOrDefault(v => NameOf(v) == name) ?? throw new TesseraException(
        "TSR0534", name, "the model has no such input.", $"It has {string.Join(", ", graph.Inputs.Select(NameOf))}.");

    private static string NameOf(Value input) => ((Input)input.Producer).Name;

    private static PaddingState OfMask(Value mask, MaskForm form, PackingRequest request)
    {
        double padding = form == MaskForm.Flags ? 0 : double.NegativeInfinity;
        return PaddingState.Of(mask) with
        {
            Fills = [.. mask.Shape.Select(d => d.Symbols.Any(request.Ragged.Contains) ? Fill.Known(padding) : Fill.Unknown)],
            Uniform = form == MaskForm.Flags ? 1 : 0,
            OfMask = true,
            IsRaw = mask.DType != DType.Bool && form == MaskForm.Flags,
        };
    }

    private static Dictionary<Value, PaddingState> Promised(Graph graph, PackingRequest request) => request.Padding.ToDictionary(
        p => Input(graph, p.Key),
        p => Input(graph, p.Key) is var input ? PaddingState.Of(input) with
        {
            Fills = [.. input.Shape.Select(d => d.Symbols.Any(request.Ragged.Contains) ? Fill.Known(p.Value) : Fill.Unknown)],
            Least = p.Value,
        } : throw new InvalidOperationException());
}
