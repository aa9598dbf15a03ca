using Microsoft.ML.OnnxRuntime;
using Tessera.Gpu.Devices;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Gpu.Models;

/// <summary>A graph in ONNX Runtime, its inputs and all its results in a device's memory.</summary>
internal sealed class BoundGraph : IDisposable
{
    private readonly IDevice _device;
    private readonly InferenceSession _session;
    private readonly OrderedDictionary<string, DeviceTensor> _inputs = [], _results = [];
    private readonly BoundRun? _run;

    /// <param name="graph">The graph.</param>
    /// <param name="model">It, emitted.</param>
    /// <param name="inputs">Values of its inputs by name.</param>
    /// <param name="size">What symbols of its results are.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="kind">How its session is opened.</param>
    public BoundGraph(Graph graph, byte[] model, IReadOnlyDictionary<string, RefTensor> inputs, Func<string, long> size, IDevice device, SessionKind kind)
    {
        _device = device;
        _session = Sessions.Open(model, device, kind);
        try
        {
            foreach (string name in graph.Inputs.Select(static v => ((Input)v.Producer).Name))
            {
                _inputs.Add(name, DeviceTensor.Of(device, inputs[name].DType, inputs[name].Dims, RefTensors.ToBytes(inputs[name])));
            }

            foreach (GraphOutput output in graph.Outputs)
            {
                _results.Add(output.Name, new DeviceTensor(device, output.Value.DType, output.Value.Shape.Evaluate(size)));
            }

            _run = new BoundRun(_session, _inputs, _results);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Results in the graph's order. They are poisoned before; nothing may be written beside them or the inputs.</summary>
    /// <exception cref="InvalidOperationException">Something was.</exception>
    public IReadOnlyList<RefTensor> Run()
    {
        foreach (DeviceTensor result in _results.Values)
        {
            result.Poison();
        }

        _run!.Run();
        _device.Synchronize();
        string? beside = _inputs.Concat(_results).FirstOrDefault(static t => !t.Value.GuardsHold()).Key;
        return beside is null ? [.. _results.Values.Select(static r => RefTensors.FromBytes(r.DType, r.Dims, r.Download()))] : throw new InvalidOperationException($"something was written beside '{beside}'");
    }

    /// <summary>The file in which ONNX Runtime wrote what ran where, of all runs so far.</summary>
    public string EndProfile() => _session.EndProfiling();

    public void Dispose()
    {
        _run?.Dispose();
        foreach (DeviceTensor tensor in _inputs.Values.Concat(_results.Values))
        {
            tensor.Dispose();
        }

        _session.Dispose();
    }
}
