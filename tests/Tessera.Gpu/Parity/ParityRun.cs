using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Gpu.Devices;
using Tessera.Gpu.Rows;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Passes.Replay;
using Tessera.Testing;

namespace Tessera.Gpu.Parity;

/// <summary>One case on a device: against the reference in float64, twice with the same bits, nothing written beside the outputs, nothing taken from neighbours.</summary>
internal sealed class ParityRun : IDisposable
{
    private readonly ParityCase _case;
    private readonly IDevice _device;
    private readonly InferenceSession _session;

    private ParityRun(ParityCase c, IDevice device, bool onDevice)
    {
        (_case, _device) = (c, device);
        _session = Sessions.Open(Model(c), device, new(OnDevice: onDevice));
    }

    /// <summary>The case's row, also where it fails.</summary>
    /// <param name="c">The case.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="onDevice">Whether the op must run there, and not on the CPU in its place.</param>
    public static Row Row(ParityCase c, IDevice device, bool onDevice)
    {
        Row row = new Row("parity", c.Op).Add("case", c.Name).Add("device", device.Name);
        try
        {
            IReadOnlyList<RefValue> expected = Evaluator.Run(c.Graph, c.Inputs, c.Weights);
            using ParityRun run = new(c, device, onDevice);
            run.Fill(row, [.. expected.Cast<RefTensor>()]);
        }
        catch (Exception error) when (error is OnnxRuntimeException or TesseraException or Kernels.TesseraKernelException or InvalidOperationException)
        {
            row.Fail(error.Message);
        }

        return row;
    }

    public void Dispose() => _session.Dispose();

    private static byte[] Model(ParityCase c)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(OnnxEmitter.Emit(c.Graph, new EmitOptions { UnboundAsInputs = true }).ToBytes());
        foreach (ValueInfoProto constant in model.Graph.Input.Where(i => c.Constants.Contains(i.Name)).ToArray())
        {
            model.Graph.Input.Remove(constant);
            model.Graph.Initializer.Add(TensorValues.Proto(RefTensors.ToContent((RefTensor)c.Inputs[constant.Name])));
            model.Graph.Initializer[^1].Name = constant.Name;
        }

        return model.ToByteArray();
    }

    private void Fill(Row row, RefTensor[] expected)
    {
        byte[][] first = Run(_case.Inputs, expected);
        Comparison comparison = Comparison.Of(expected, [.. expected.Select((e, i) => RefTensors.FromBytes(e.DType, e.Dims, first[i]))], Tolerances.For, _session.OutputNames);
        row.Add("largest", comparison.Largest).Add("tolerance", Tolerances.For(expected.FirstOrDefault(static e => e.DType.IsFloat())?.DType ?? DType.F32));
        if (comparison.Difference is { } difference)
        {
            row.Fail(difference);
            return;
        }

        byte[][] second = Run(_case.Inputs, expected);
        if (Enumerable.Range(0, first.Length).Any(i => !first[i].AsSpan().SequenceEqual(second[i])))
        {
            row.Fail("a second run gives other bits");
            return;
        }

        if (Neighbours.Of(_case) is { } neighbours)
        {
            byte[][] poisoned = Run(neighbours.Inputs, expected);
            int leaks = Enumerable.Range(0, first.Length).Count(i => Leaks(first[i], poisoned[i], expected[i], neighbours));
            row.Add("neighbours", leaks == 0 ? "apart" : "leak");
            if (leaks > 0)
            {
                row.Fail("NaN in neighbours changes what they must not reach");
            }
        }
    }

    private static bool Leaks(byte[] clean, byte[] poisoned, RefTensor like, Neighbours neighbours)
    {
        int size = like.DType.Bits() / 8;
        return neighbours.Kept(like.Dims).Any(r => !clean.AsSpan(r.Start.Value * size, (r.End.Value - r.Start.Value) * size).SequenceEqual(
            poisoned.AsSpan(r.Start.Value * size, (r.End.Value - r.Start.Value) * size)));
    }

    // Outputs are poisoned before, their guards looked at after.
    private byte[][] Run(IReadOnlyDictionary<string, RefValue> inputs, RefTensor[] expected)
    {
        Dictionary<string, DeviceTensor> given = [], results = [];
        try
        {
            foreach (string name in _session.InputNames)
            {
                RefTensor value = (RefTensor)(inputs.GetValueOrDefault(name) ?? _case.Weights[name]);
                given.Add(name, DeviceTensor.Of(_device, value.DType, value.Dims, RefTensors.ToBytes(value)));
            }

            for (int i = 0; i < expected.Length; i++)
            {
                results.Add(_session.OutputNames[i], new DeviceTensor(_device, expected[i].DType, expected[i].Dims));
                results[_session.OutputNames[i]].Poison();
            }

            using BoundRun run = new(_session, given, results);
            run.Run();
            _device.Synchronize();
            foreach ((string name, DeviceTensor tensor) in given.Concat(results))
            {
                if (!tensor.GuardsHold())
                {
                    throw new InvalidOperationException($"something was written beside '{name}'");
                }
            }

            return [.. _session.OutputNames.Select(name => results[name].Download())];
        }
        finally
        {
            foreach (DeviceTensor tensor in given.Values.Concat(results.Values))
            {
                tensor.Dispose();
            }
        }
    }
}
