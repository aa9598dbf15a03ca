using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Writes graphs as ONNX models. Equal graphs give equal bytes, on every machine.</summary>
public static class OnnxEmitter
{
    /// <exception cref="TesseraException">An op has no form at the opset, a weight is not bound, or a size cannot be computed.</exception>
    public static EmittedModel Emit(Graph graph, EmitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options = (options ?? new EmitOptions()).For(graph);
        Legalizer legalizer = new(options.Opset, options.Allows);
        Graph prepared = Prepare(graph, legalizer);
        NameTable names = new();
        EmitScope scope = new(names);
        GraphProto proto = new() { Name = graph.Name };
        ReserveInterface(prepared, names);
        BindInputs(prepared, scope, proto);
        List<PendingWeight> weights = BindParameters(prepared, scope, proto, options);
        weights.AddRange(Interface.WriteDefaults(prepared, proto));
        KeptNames.Claim(prepared, names);
        ModelWords words = new(prepared, names);
        FunctionTable functions = new(options);
        SourceMap sourceMap = new();
        OutputNames outputs = new(prepared.Outputs);
        new NodeWriter(options, functions, sourceMap).Write(prepared.Roots, scope, prepared.Builder.Facts, outputs.Take);
        outputs.WriteIdentities(scope);
        proto.Node.AddRange(scope.Nodes);
        FreshSizes.Write(prepared, scope, proto);
        MoreValues(scope, proto);
        proto.Output.AddRange(prepared.Outputs.Select(o => TypeWriter.ValueInfo(o.Name, Interface.TypeOf(prepared, o))));
        ModelProto model = Model(prepared, proto, functions, options);
        words.Write(model, weights);
        ModelMetadata.Add(model, ModelMetadata.Hash, ModelMetadata.HashOf(model));
        return new EmittedModel(model, weights, prepared, sourceMap, options) { Lowered = legalizer.Lowered, LeftOut = words.LeftOut };
    }

    private static void MoreValues(EmitScope scope, GraphProto proto)
    {
        Dictionary<string, int> known = proto.ValueInfo.Select(static (v, i) => (v.Name, i)).ToDictionary(StringComparer.Ordinal);
        foreach (ValueInfoProto value in scope.Said)
        {
            if (known.TryGetValue(value.Name, out int at))
            {
                proto.ValueInfo[at] = value;
            }
            else
            {
                proto.ValueInfo.Add(value);
            }
        }
    }

    /// <summary>The graph as it will be written: every op has a row, and layout changes of weights are done.</summary>
    public static Graph Prepare(Graph graph, EmitOptions options)
    {
        options = options.For(graph);
        return Prepare(graph, new Legalizer(options.Opset, options.Allows));
    }

    private static Graph Prepare(Graph graph, Legalizer legalizer) => WeightFolding.Fold(NormalForm.Run(legalizer.Run(graph)));

    private static void ReserveInterface(Graph graph, NameTable names)
    {
        foreach (string name in graph.Inputs.Select(static v => ((Input)v.Producer).Name).Concat(graph.Outputs.Where(static o => !OutputNames.IsInput(o)).Select(static o => o.Name)))
        {
            if (!names.Reserve(name))
            {
                throw new TesseraException("TSR0806", graph.Name, $"'{name}' names two inputs or outputs of the model.", "Each has a name of its own, but for an output that is an input.");
            }
        }
    }

    private static void BindInputs(Graph graph, EmitScope scope, GraphProto proto)
    {
        foreach (Value input in graph.Inputs)
        {
            string name = ((Input)input.Producer).Name;
            scope.Bind(input, name);
            proto.Input.Add(TypeWriter.ValueInfo(name, input.Type));
        }
    }

    private static List<PendingWeight> BindParameters(Graph graph, EmitScope scope, GraphProto proto, EmitOptions options)
    {
        List<PendingWeight> weights = [];
        Parameter[] parameters = [.. graph.PostOrder().OfType<Parameter>()];
        RequireBound(graph, parameters, options);
        foreach (Parameter parameter in parameters)
        {
            Value value = parameter.Outputs[0];
            string name = scope.Names.Unique(parameter.Path);
            scope.Bind(value, name);
            if (!graph.Weights.TryGetValue(parameter.Path, out WeightSource? source))
            {
                proto.Input.Add(TypeWriter.ValueInfo(name, value.Type));
                continue;
            }

            RequireFit(parameter, value.Tensor, source);
            TensorProto tensor = TensorWriter.Head(source.DType, source.Dims);
            tensor.Name = name;
            proto.Initializer.Add(tensor);
            weights.Add(new PendingWeight(tensor, source));
        }

        return weights;
    }

    private static void RequireBound(Graph graph, Parameter[] parameters, EmitOptions options)
    {
        string[] unbound = [.. parameters.Select(static p => p.Path).Where(p => !graph.Weights.ContainsKey(p))];
        if (unbound.Length > 0 && !options.UnboundAsInputs)
        {
            string shown = string.Join(", ", unbound.Take(8)) + (unbound.Length > 8 ? ", …" : "");
            throw new TesseraException("TSR0807", graph.Name, $"{unbound.Length} weights are not bound: {shown}.", "Bind weights, or write them as inputs of the model.");
        }
    }

    private static void RequireFit(Parameter parameter, TensorType type, WeightSource source)
    {
        if (type.DType != source.DType || !type.Shape!.TryGetStatic(out long[] dims) || !dims.SequenceEqual(source.Dims))
        {
            throw new TesseraException(
                "TSR0808", parameter.Path, $"the weight is {type}, its bytes are {source.DType.Text()}[{string.Join(", ", source.Dims)}].");
        }
    }

    private static ModelProto Model(Graph graph, GraphProto proto, FunctionTable functions, EmitOptions options)
    {
        long ir = Opsets.IrVersion(options.Opset);
        ModelProto model = new()
        {
            IrVersion = functions.Functions.Count > 0 ? Math.Max(ir, Opsets.Overloads) : ir,
            ProducerName = options.ProducerName,
            ProducerVersion = options.ProducerVersion,
            Graph = proto,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = options.Opset });
        Dictionary<string, long> versions = CarriedNodes.Versions(graph);
        foreach (string domain in CarriedNodes.Domains(proto.Node).Concat(versions.Keys).Where(static d => d.Length > 0).Distinct().Order(StringComparer.Ordinal))
        {
            long version = Math.Max(CarriedNodes.VersionOf(domain, graph, options), versions.GetValueOrDefault(domain, 1));
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        }

        model.Functions.AddRange(functions.Functions);
        ModelMetadata.Write(model, graph, options.Metadata);
        return model;
    }
}
