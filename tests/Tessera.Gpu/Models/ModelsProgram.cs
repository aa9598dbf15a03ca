using Tessera.Gpu.Bench;
using Tessera.Gpu.Devices;
using Tessera.Gpu.Rows;

namespace Tessera.Gpu.Models;

/// <summary>Whole models: whether they are right, where their nodes run, and how long they take.</summary>
internal static class ModelsProgram
{
    /// <param name="device">Where they run.</param>
    /// <param name="only">The one model that is looked at; null for all.</param>
    /// <param name="quick">Whether small ones do.</param>
    /// <param name="rows">Takes the rows.</param>
    public static void Run(IDevice device, string? only, bool quick, RowWriter rows)
    {
        foreach (ModelCase c in ModelCase.All(only, quick))
        {
            ModelRun run = new(c, device, quick);
            Row row = run.Row();
            rows.Write(row);
            if (!device.Lives())
            {
                rows.Write(new Row("models", c.Model).Add("device", device.Name).Fail("the device's context is lost; start again with --model for what comes after"));
                return;
            }

            if (run.IsRight)
            {
                new BenchRun(ModelBench.Case(c, run), device, c.Type, new BenchAsk(null, OursAlone: quick, quick)).Write(rows);
            }
        }
    }
}
