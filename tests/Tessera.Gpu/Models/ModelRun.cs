using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Tessera.Gpu.Devices;
using Tessera.Gpu.Rows;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;
using Tessera.Testing;

namespace Tessera.Gpu.Models;

/// <summary>A whole model on a device: against its reference, twice with the same bits, and where its nodes ran.</summary>
/// <param name="c">The model.</param>
/// <param name="device">Where it runs.</param>
/// <param name="quick">Whether the reference is the evaluator in float64; else it is the model in f32 on the CPU, by the kernels of the CPU.</param>
internal sealed class ModelRun(ModelCase c, IDevice device, bool quick)
{
    private const int Named = 4;

    // Experts trade places where their scores are nearer to each other than the error of a score: about as many choices are other ones as weights are off
    // by. On the CPU in f16 these are 5e-4 of the choices and 4e-4 of the largest weight. Ten times the tolerance is 2 % in f16 and two choices of twenty
    // thousand in f32; a route that is wrong changes far more.
    private const double Rerouted = 10;

    private readonly List<string> _failures = [];
    private readonly Lazy<CompiledCase> _compiled = new(() => new CompiledCase(c));

    /// <summary>The model that is run.</summary>
    public byte[] Model => _compiled.Value.Model;

    /// <summary>Whether it gives what its reference gives: before that times mean nothing.</summary>
    public bool IsRight { get; private set; }

    /// <summary>Its first result.</summary>
    public Value Result => _compiled.Value.Graph.Outputs[0].Value;

    /// <summary>Whether it sends tokens to experts.</summary>
    public bool Chooses => _compiled.Value.Graph.Outputs.Any(RouteCut.IsOne);

    public IReadOnlyDictionary<string, RefTensor> Inputs => field ??= c.Images.Inputs(_compiled.Value.Graph);

    /// <summary>The row, also where the model fails.</summary>
    public Row Row()
    {
        Row row = new Row("models", c.Model).Add("case", c.Name).Add("device", device.Name);
        try
        {
            Fill(row);
        }
        catch (Exception error) when (error is OnnxRuntimeException or TesseraException or Kernels.TesseraKernelException or InvalidOperationException or JsonException)
        {
            _failures.Add(error.Message);
        }

        return _failures.Count == 0 ? row : row.Fail(string.Join("; ", _failures));
    }

    private void Fill(Row row)
    {
        (IReadOnlyList<RefTensor> first, IReadOnlyList<RefTensor> second, Placement placement) = Run();
        row.Add("nodes_device", placement.OnDevice).Add("nodes_cpu", placement.OnCpu).Add("copies", placement.Copies).Add("cpu_ops", placement.CpuOps);
        IsRight = Agrees(row, first);
        if (Enumerable.Range(0, first.Count).Any(i => !RefTensors.ToBytes(first[i]).AsSpan().SequenceEqual(RefTensors.ToBytes(second[i]))))
        {
            _failures.Add("a second run gives other bits");
        }

        if (placement.OnDevice == 0 && (device.Target.IsCuda || placement.OnCpu == 0))
        {
            _failures.Add("the profile tells of no node on the device");
        }

        if (device.Target.IsCuda && placement.Strangers is { Count: > 0 } strangers)
        {
            _failures.Add($"{strangers.Count} nodes on the CPU are no shape arithmetic: {string.Join("; ", strangers.Take(Named))}");
        }
    }

    private (IReadOnlyList<RefTensor> First, IReadOnlyList<RefTensor> Second, Placement Placement) Run()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-profile-");
        try
        {
            using BoundGraph bound = new(_compiled.Value.Graph, Model, Inputs, c.Images.SizeOf, device, new(Profile: Path.Combine(folder.FullName, "run")));
            (IReadOnlyList<RefTensor> first, IReadOnlyList<RefTensor> second) = (bound.Run(), bound.Run());
            using FileStream profile = File.OpenRead(bound.EndProfile());
            return (first, second, new Placement(NodeProfile.Read(profile)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // What is in the tolerance table is for an op or a few. It holds for whole models too: what a block is off by is small beside the sum of all before it.
    private bool Agrees(Row row, IReadOnlyList<RefTensor> results)
    {
        Graph reference = _compiled.Value.Reference;
        int own = _compiled.Value.Graph.Outputs.Count(static o => !RouteCut.IsOne(o));
        IReadOnlyList<RefTensor> expected = Reference(reference, results);
        double tolerance = Tolerances.For(c.Type);
        Comparison comparison = Comparison.Of(
            [.. expected.Take(own).Select((e, i) => RefTensor.Floats(results[i].DType, e.Dims, e.F))], [.. results.Take(own)], _ => tolerance, [.. reference.Outputs.Select(static o => o.Name)]);
        row.Add("largest", comparison.Largest).Add("tolerance", tolerance);
        _failures.AddRange(comparison.Difference is { } difference ? [difference] : []);
        return (expected.Count == own || Agree(row, [.. results.Skip(own)], [.. expected.Skip(own)], tolerance)) && comparison.Difference is null;
    }

    private bool Agree(Row row, IReadOnlyList<RefTensor> chosen, IReadOnlyList<RefTensor> expected, double tolerance)
    {
        RoutingDifference routing = RoutingDifference.Of(chosen, expected);
        row.Add("rerouted", routing.Rerouted).Add("largest_weight", routing.Largest);
        bool agree = routing.Rerouted <= Rerouted * tolerance && routing.Largest <= tolerance;
        _failures.AddRange(agree ? [] : ["tokens go to other experts than the reference sends them to, or with other weights"]);
        return agree;
    }

    // In f32, from what the device got and along the ways that tokens took there.
    private IReadOnlyList<RefTensor> Reference(Graph reference, IReadOnlyList<RefTensor> results)
    {
        Dictionary<string, RefTensor> given = _compiled.Value.Graph.Outputs.Zip(results).Where(static r => RouteCut.IsOne(r.First)).ToDictionary(static r => r.First.Name, static r => r.Second);
        foreach ((string name, RefTensor value) in Inputs)
        {
            given.Add(name, value.DType.IsFloat() ? RefTensor.Floats(DType.F32, value.Dims, value.F) : value);
        }

        if (quick)
        {
            return [.. Evaluator.Run(reference, given.ToDictionary(static g => g.Key, static g => (RefValue)g.Value)).Cast<RefTensor>()];
        }

        using HostDevice host = new();
        using BoundGraph bound = new(reference, CompiledCase.Emit(reference), given, c.Images.SizeOf, host, new());
        return bound.Run();
    }
}
