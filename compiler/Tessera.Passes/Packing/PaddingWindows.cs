using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>Windows along the padded axis: those of an example see it alone where padding is 0 as what the op itself puts behind it, or where none reaches behind it.</summary>
internal static class PaddingWindows
{
    public static IEnumerable<PaddingState> Of(PaddingContext c)
    {
        Shape x = c.ShapeOf(0);
        if (c.Op is Conv && c.RaggedAxes(c.ShapeOf(1)).Any())
        {
            throw c.Sees("its kernel is as long as the padded example");
        }

        int open = 0;
        foreach (int axis in c.RaggedAxes(x).Where(static a => a > 0))
        {
            if (axis == 1)
            {
                throw c.Sees("its channels are padded");
            }

            int spatial = axis - 2;
            EquatableArray<long> pads = c.Op is Conv conv ? conv.Pads : ((PoolOp)c.Op).Pads;
            long behind = pads.Count == 0 ? 0 : pads[spatial + x.Rank - 2];
            bool none = behind == 0 && c.Op is not PoolOp { CeilMode: true } && c.Op is not PoolOp { AutoPad: not ("NOTSET" or "VALID") };
            bool neutral = c.Op is Conv ? c[0].Fills[axis].Is(0) : c.Op is MaxPool && c[0].Fills[axis].IsLow;
            if (!none && !neutral)
            {
                throw c.Sees(c.Op is Conv ? "its windows reach into padding, which nothing has made 0" : "its windows reach into padding");
            }

            open += none || c.FillOf(0, axis).IsEverywhere ? 0 : 1;
            if (open > 1)
            {
                throw c.Sees("its windows reach into the corner where two axes are padded, of which nothing is known");
            }
        }

        // Where maxima stand counts padding.
        return c.Op.Outputs.Select((_, i) => c.Plain(i) with { IsExtent = i > 0 && c.RaggedAxes(x).Any() });
    }
}
