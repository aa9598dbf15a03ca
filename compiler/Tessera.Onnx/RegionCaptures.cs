using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Captures of an op with regions in the order of their first use, each once; unused ones dropped, constants copied inside.</summary>
internal static class RegionCaptures
{
    public static Op Normal(Op op)
    {
        IRegionOp holder = (IRegionOp)op;
        int inputs = OpAccess.InputCount(op);
        Value[] captures = [.. op.Operands.Skip(inputs).Select(static v => v!)];
        List<Value> kept = [];
        foreach (Region region in holder.Regions)
        {
            int own = region.Parameters.Count - captures.Length;
            Dictionary<Value, Value> outer = Enumerable.Range(0, captures.Length).ToDictionary(i => region.Parameters[own + i], i => captures[i]);
            kept.AddRange(Used(region, outer).Where(v => v.Producer is not Constant));
        }

        kept = [.. kept.Distinct()];
        return kept.SequenceEqual(captures)
            ? op
            : OpRewriting.MapRegions(op.WithOperands([.. op.Operands.Take(inputs), .. kept]), region => Rebind(region, captures, kept));
    }

    private static IEnumerable<Value> Used(Region region, Dictionary<Value, Value> outer) => GraphWalk.PostOrder(region.Results)
        .SelectMany(static op => op.Operands)
        .Concat(region.Results)
        .Where(v => v is not null && outer.ContainsKey(v))
        .Select(v => outer[v!]);

    private static Region Rebind(Region region, Value[] captures, List<Value> kept)
    {
        GraphBuilder builder = region.Builder;
        int own = region.Parameters.Count - captures.Length;
        Dictionary<Value, Value> known = region.Parameters.Take(own).ToDictionary(static v => v);
        Value[] parameters = [.. kept.Select(v => region.Parameters[own + Array.IndexOf(captures, v)])];
        for (int i = 0; i < captures.Length; i++)
        {
            Value parameter = region.Parameters[own + i];
            known[parameter] = captures[i].Producer is Constant constant
                ? builder.Emit(new Constant { Value = constant.Value })
                : kept.IndexOf(captures[i]) is >= 0 and var at ? parameters[at] : parameter;
        }

        IReadOnlyList<Value> results = new GraphRebuild(builder).Run(region.Results, known, static (_, _) => null);
        return new Region(builder, [.. region.Parameters.Take(own), .. parameters], results);
    }
}
