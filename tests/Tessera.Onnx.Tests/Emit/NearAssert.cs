using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Testing;
using Xunit.Sdk;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>Results of a runtime against the reference, within the table of tolerances.</summary>
internal static class NearAssert
{
    public static void Near(RefValue expected, RefValue actual)
    {
        switch (expected, actual)
        {
            case (RefTensor e, RefTensor a):
                double largest = e.DType.IsFloat() ? e.F.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max() : 0;
                RefAssert.Close(e, a, relative: 0, absolute: Tolerances.For(e.DType) * largest);
                break;
            case (RefSequence e, RefSequence a) when e.Items.Count == a.Items.Count:
                foreach ((RefValue item, RefValue other) in e.Items.Zip(a.Items))
                {
                    Near(item, other);
                }

                break;
            default:
                throw new XunitException($"expected {expected}, got {actual}");
        }
    }
}
