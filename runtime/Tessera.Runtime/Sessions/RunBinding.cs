using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>One run's binding: pins the caller's memory, hands its addresses to ONNX Runtime, and lets go of all at the end.</summary>
internal sealed class RunBinding(InferenceSession session) : IDisposable
{
    // Loops of ONNX Runtime take numbers in fours from the first address that is a multiple of 16; where that is decides how a sum is grouped.
    private const int Alignment = 16;

    private readonly OrtIoBinding _binding = session.CreateIoBinding();
    private readonly List<OrtValue> _values = [];
    private readonly List<MemoryHandle> _pins = [];

    public void BindInput(TensorSpec spec, TensorInput input) => _binding.BindInput(spec.Name, input.Payload switch
    {
        TensorBuffer buffer => Read(buffer, spec.ElementType, input.Shape),
        string[] strings => Copy(strings, input.Shape),
        OrtValue value => value,
        _ => throw RuntimeErrors.NotATensor($"input '{spec.Name}'", "value without data"),
    });

    public void BindOutput(TensorSpec spec, OutputBuffer output)
    {
        if (output.Buffer is null)
            BindOutput(spec);
        else
            _binding.BindOutput(spec.Name, Wrap(output.Buffer, spec.ElementType, output.Shape));
    }

    public void BindOutput(TensorSpec spec) => _binding.BindOutputToDevice(spec.Name, OrtMemoryInfo.DefaultInstance);

    public void Run(RunOptions options)
    {
        session.RunWithBinding(options, _binding);
        _binding.SynchronizeBoundOutputs();
    }

    /// <summary>ONNX Runtime's values of all bound outputs, in the order bound. They are the caller's to dispose.</summary>
    public OrtValue[] TakeOutputs()
    {
        var values = _binding.GetOutputValues();
        // The collection is a list whose Dispose would dispose the values; they go on, it does not.
        return [.. values];
    }

    public void Dispose()
    {
        _binding.Dispose();
        foreach (var value in _values)
            value.Dispose();
        foreach (var pin in _pins)
            pin.Dispose();
    }

    // An array lies where the collector put it. Read there, a mean would have other last bits from run to run.
    private OrtValue Read(TensorBuffer buffer, TensorElementType type, long[] dims)
    {
        OrtValue inPlace = Wrap(buffer, type, dims);
        if (Address(_pins[^1]) % Alignment == 0 || type is not (TensorElementType.Float or TensorElementType.Double))
            return inPlace;
        OrtValue aligned = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, dims);
        _values.Add(aligned);
        buffer.Bytes.CopyTo(aligned.GetTensorMutableRawData());
        return aligned;
    }

    private OrtValue Wrap(TensorBuffer buffer, TensorElementType type, long[] dims)
    {
        var pin = buffer.Pin();
        _pins.Add(pin);
        var value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, dims, Address(pin), buffer.ByteLength);
        _values.Add(value);
        return value;
    }

    private static unsafe nint Address(MemoryHandle pin) => (nint)pin.Pointer;

    private OrtValue Copy(string[] strings, long[] dims)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, dims);
        _values.Add(value);
        for (var i = 0; i < strings.Length; i++)
            value.StringTensorSetElementAt(strings[i].AsSpan(), i);
        return value;
    }
}
