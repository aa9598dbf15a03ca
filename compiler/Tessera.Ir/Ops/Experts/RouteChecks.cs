namespace Tessera.Ir.Ops;

/// <summary>Which combinations of operands and attributes mean a routing.</summary>
internal static class RouteChecks
{
    public static void Check(InferContext context, Route op)
    {
        Shape logits = context.ShapeOf(op.Logits);
        if (logits.Rank != 2 || !op.Logits.DType.IsFloat() || logits[1].ConstValue is not >= 1)
        {
            throw Error(context, $"logits must be float [tokens, experts] with a fixed number of experts; they are {op.Logits.Type}.");
        }

        CheckOperands(context, op, logits);
        CheckNumbers(context, op);
        CheckGroups(context, op, logits[1].ConstValue!.Value);
        CheckKind(context, op, logits[1].ConstValue!.Value);
    }

    private static void CheckOperands(InferContext context, Route op, Shape logits)
    {
        if (op.SelectionBias is { } bias)
        {
            context.RequireSameDType(op.Logits, bias);
            context.RequireEqual(context.ShapeOf(bias) is [var size] ? size : Dim.Const(-1), logits[1], "sizes of the selection bias and experts");
        }

        if (op.CuGroups is { } groups)
        {
            Segments.Offsets(context, groups);
        }
    }

    private static void CheckNumbers(InferContext context, Route op)
    {
        foreach ((string name, Real value) in (ReadOnlySpan<(string, Real)>)[
            ("epsilon", op.Epsilon), ("capacity_factor", op.CapacityFactor), ("jitter", op.Jitter)])
        {
            if (!double.IsFinite(value.Value) || value.Value < 0)
            {
                throw Error(context, $"{name} is {value}; it must be finite and 0 or more.");
            }
        }

        if (op.CapacityFactor.Value > Route.MostCapacityFactor)
        {
            throw Error(context, $"capacity_factor is {op.CapacityFactor}; it is at most {Route.MostCapacityFactor}.", "Without capacity_factor no token is dropped.");
        }

        if (!double.IsFinite(op.Scale.Value) || op.CapacityMultiple is < 1 or > int.MaxValue)
        {
            throw Error(context, $"scale is {op.Scale}, capacity_multiple {op.CapacityMultiple}; they must be finite, and from 1 to {int.MaxValue}.");
        }

        if (!(op.Lambda.Value > 0 && double.IsFinite(op.Lambda.Value) && op.P.Value > 1 && double.IsFinite(op.P.Value)))
        {
            throw Error(context, $"lambda is {op.Lambda} and p {op.P}; they must be finite, above 0 and above 1.");
        }
    }

    private static void CheckGroups(InferContext context, Route op, long experts)
    {
        bool isGrouped = op.GroupCount != 0 || op.TopGroups != 0;
        long inGroup = isGrouped && op.GroupCount > 0 ? experts / op.GroupCount : 0;
        if (isGrouped && (op.GroupCount < 1 || experts % op.GroupCount != 0 || op.TopGroups < 1 || op.TopGroups > op.GroupCount || op.K > op.TopGroups * inGroup))
        {
            throw Error(context, $"group_count is {op.GroupCount}, top_groups {op.TopGroups}, k {op.K} of {experts} experts.",
                "Groups must divide the experts, and those picked hold at least k of them.");
        }
    }

    private static void CheckKind(InferContext context, Route op, long experts)
    {
        if (op.K < 1 || op.K > experts)
        {
            throw Error(context, $"k is {op.K}; there are {experts} experts.");
        }

        bool isPlain = op.Scoring is RouteScoring.Softmax or RouteScoring.Sigmoid;
        bool selects = op.SelectFirst || op.SelectionBias is not null || op.GroupCount != 0;
        if (selects && (!isPlain || op.ExpertChoice))
        {
            throw Error(context, "select_first, a selection bias and groups of experts belong to a top-k of softmax or sigmoid.");
        }

        if (!isPlain && op.ExpertChoice)
        {
            throw Error(context, "experts choose by softmax or sigmoid.");
        }

        if (op.Scoring == RouteScoring.SparseTopK && op.CapacityFactor.Value != 0)
        {
            throw Error(context, "sparse top-k has no order of choices to serve: it takes no capacity.");
        }

        if (op.CuGroups is not null && !op.HasSlots)
        {
            throw Error(context, "groups of tokens mean something only with a capacity.");
        }
    }

    private static TesseraException Error(InferContext context, string message, string? hint = null) => context.Error("TSR0217", message, hint);
}
