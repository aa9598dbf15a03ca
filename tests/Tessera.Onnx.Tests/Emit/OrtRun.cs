using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Kernels;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>Runs a model's bytes in ONNX Runtime on one thread, with or without Tessera's kernels.</summary>
internal sealed class OrtRun : IDisposable
{
    private readonly InferenceSession _session;

    public OrtRun(byte[] model, bool kernels = false)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        if (kernels)
        {
            TesseraOps.Register(options);
        }

        _session = new InferenceSession(model, options);
    }

    public IReadOnlyList<RefValue> Run(IReadOnlyDictionary<string, RefValue> inputs)
    {
        List<OrtValue> values = [];
        try
        {
            foreach (string name in _session.InputNames)
            {
                values.Add(ToOrt(inputs[name]));
            }

            using RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, _session.InputNames, values, _session.OutputNames);
            return [.. outputs.Select(FromOrt)];
        }
        finally
        {
            values.ForEach(static v => v.Dispose());
        }
    }

    public void Dispose() => _session.Dispose();

    private static OrtValue ToOrt(RefValue value)
    {
        switch (value)
        {
            case RefSequence sequence:
                return OrtValue.CreateSequence([.. sequence.Items.Select(ToOrt)]);
            case RefTensor { DType: DType.String } strings:
                OrtValue text = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, strings.Dims);
                for (int i = 0; i < strings.Count; i++)
                {
                    text.StringTensorSetElementAt(strings.S[i], i);
                }

                return text;
            case RefTensor tensor:
                OrtValue result = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)(int)tensor.DType, tensor.Dims);
                byte[] bytes = RefTensors.ToBytes(tensor);
                if (bytes.Length > 0)
                {
                    bytes.CopyTo(result.GetTensorMutableRawData());
                }

                return result;
            default:
                throw new NotSupportedException($"{value} cannot be given to ONNX Runtime here.");
        }
    }

    private static RefValue FromOrt(OrtValue value)
    {
        if (value.OnnxType == OnnxValueType.ONNX_TYPE_SEQUENCE)
        {
            return new RefSequence([.. Enumerable.Range(0, value.GetValueCount()).Select(i =>
            {
                using OrtValue item = value.GetValue(i, OrtAllocator.DefaultInstance);
                return FromOrt(item);
            })]);
        }

        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        DType dtype = (DType)(int)info.ElementDataType;
        return dtype == DType.String
            ? RefTensor.Strings(info.Shape, value.GetStringTensorAsArray())
            : RefTensors.FromBytes(dtype, info.Shape, info.ElementCount == 0 ? [] : value.GetTensorMutableRawData());
    }
}
