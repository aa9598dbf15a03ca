using Tessera.Gpu.Devices;
using Tessera.Gpu.Rows;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Gpu.Parity;

/// <summary>Every op of <c>ai.tessera</c> against the reference, a row for each case.</summary>
internal static class ParityProgram
{
    /// <param name="device">Where the ops run.</param>
    /// <param name="only">The one op that is looked at; null for all.</param>
    /// <param name="quick">Whether small cases do.</param>
    /// <param name="rows">Takes the rows.</param>
    public static void Run(IDevice device, string? only, bool quick, RowWriter rows)
    {
        foreach ((string op, OpSchema schema) in TesseraSchemas.All.Where(o => only is null || o.Name == only))
        {
            if (device.Target.IsCuda && !CudaKernels.Has(op, device.Target))
            {
                rows.Write(new Row("parity", op).Add("device", device.Name).Add("kernel", "none for CUDA: it runs on the CPU"));
                continue;
            }

            foreach (ParityCase c in ParityCases.Of(op, schema, quick))
            {
                // Sizes are computed on the CPU, which would be held to have run in the device's place.
                Row row = ParityRun.Row(c, device, onDevice: !c.Graph.PostOrder().Any(static op => op is DimValue));
                rows.Write(row);
                if (row.Failed && !device.Lives())
                {
                    rows.Write(new Row("parity", op).Add("device", device.Name).Fail("the device's context is lost; start again with --op for what comes after"));
                    return;
                }
            }
        }
    }
}
