using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Kernels;

namespace Tessera.Compiler.Verify;

/// <summary>A model's bytes in ONNX Runtime on one thread, given and giving values of the reference evaluator.</summary>
public sealed class OrtRun : IDisposable
{
    // One of them: the second for element types that the managed interface does not know.
    private readonly InferenceSession? _session;
    private readonly NativeOrtRun? _native;

    // Where ONNX Runtime looks for the data beside a model of which it is given the bytes.
    private const string FolderOfData = "session.model_external_initializers_file_folder_path";

    /// <param name="model">The model.</param>
    /// <param name="kernels">Whether Tessera's kernels take the place of function bodies.</param>
    /// <param name="folder">Where the data beside the model is; null when there is none.</param>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime refuses the model; TSR0952 where it is run by the C API.</exception>
    public OrtRun(byte[] model, bool kernels = false, string? folder = null)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        if (kernels)
        {
            TesseraOps.Register(options);
        }

        if (folder is not null)
        {
            options.AddSessionConfigEntry(FolderOfData, Path.GetFullPath(folder));
        }

        _native = NativeOrtRun.IsNeeded(model) ? new NativeOrtRun(model, options) : null;
        _session = _native is null ? new InferenceSession(model, options) : null;
        Outputs = _native?.Outputs ?? [.. _session!.OutputNames.Where(IsRead)];
        Unread = _native is null ? [.. _session!.OutputNames.Where(name => !IsRead(name))] : [];
    }

    /// <summary>Names of the model's inputs.</summary>
    public IReadOnlyList<string> Inputs => _native?.Inputs ?? _session!.InputNames;

    /// <summary>Names of its outputs, in the order of results.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Names of those that cannot be read: sparse tensors and types that others define.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>Results in the model's order; a map is the sequence of its keys and of its values.</summary>
    public IReadOnlyList<RefValue> Run(IReadOnlyDictionary<string, RefValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return _native?.Run(inputs) ?? Run(_session!, inputs, Outputs);
    }

    public void Dispose()
    {
        _session?.Dispose();
        _native?.Dispose();
    }

    private bool IsRead(string output) =>
        _session!.OutputMetadata[output].OnnxValueType is not (OnnxValueType.ONNX_TYPE_SPARSETENSOR or OnnxValueType.ONNX_TYPE_OPAQUE);

    private static RefValue[] Run(InferenceSession session, IReadOnlyDictionary<string, RefValue> inputs, IReadOnlyList<string> results)
    {
        List<OrtValue> values = [];
        try
        {
            string[] given = [.. session.InputNames.Concat(session.OverridableInitializerMetadata.Keys).Where(inputs.ContainsKey)];
            foreach (string name in given)
            {
                values.Add(ToOrt(inputs[name]));
            }

            using RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, given, values, results);
            return [.. outputs.Select(FromOrt)];
        }
        finally
        {
            values.ForEach(static v => v.Dispose());
        }
    }

    /// <summary>A value as ONNX Runtime holds it, of the CPU's memory.</summary>
    internal static OrtValue ToOrt(RefValue value)
    {
        switch (value)
        {
            case RefSequence sequence:
                return OrtValue.CreateSequence([.. sequence.Items.Select(ToOrt)]);
            case RefOptional { Item: { } item }:
                return ToOrt(item);
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
                throw new TesseraException("TSR0950", "", "ONNX Runtime's managed interface takes no absent optional value as an input.");
        }
    }

    private static RefValue FromOrt(OrtValue value)
    {
        if (value.OnnxType is OnnxValueType.ONNX_TYPE_SEQUENCE or OnnxValueType.ONNX_TYPE_MAP)
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
