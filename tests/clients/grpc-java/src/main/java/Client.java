import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.xds.XdsServerBuilder;
import io.grpc.xds.XdsServerCredentials;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A client, and a server, of grpc-java that read commands as lines of JSON, and print one line for each. */
public final class Client {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();
  private static final Map<String, ManagedChannel> CHANNELS = new HashMap<>();
  private static final List<String> MODES = new CopyOnWriteArrayList<>();

  public static void main(String[] args) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(GSON.toJson(run(GSON.fromJson(line, Map.class))));
    }
    // Channels and servers have threads that would keep the process alive.
    System.exit(0);
  }

  private static Object run(Map<?, ?> command) throws Exception {
    return switch ((String) command.get("do")) {
      case "call" -> call(command);
      case "close" -> {
        ManagedChannel channel = CHANNELS.remove(command.get("target"));
        if (channel != null) channel.shutdown().awaitTermination(10, TimeUnit.SECONDS);
        yield null;
      }
      case "serve" -> serve((String) command.get("name"), ((Number) command.get("port")).intValue());
      case "modes" -> MODES;
      default -> throw new IllegalArgumentException("unknown command " + command);
    };
  }

  /** Makes calls one after the other, up to the first that fails, and counts the backends that responded. */
  private static Map<String, Object> call(Map<?, ?> command) {
    ManagedChannel channel = CHANNELS.computeIfAbsent((String) command.get("target"),
        target -> Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build());
    MethodDescriptor<byte[], byte[]> method = method(((String) command.get("method")).substring(1));
    long timeoutMs = ((Number) command.get("timeoutMs")).longValue();
    Map<String, Integer> responses = new TreeMap<>();
    Map<String, Object> result = new HashMap<>(Map.of("responses", responses));
    for (int i = 0; i < ((Number) command.get("count")).intValue(); i++) {
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS);
      try {
        byte[] name = ClientCalls.blockingUnaryCall(channel, method, options, new byte[0]);
        responses.merge(new String(name, StandardCharsets.UTF_8), 1, Integer::sum);
      } catch (StatusRuntimeException error) {
        Status status = error.getStatus();
        result.put("failure", status.getCode() + ": " + status.getDescription());
        break;
      }
    }
    return result;
  }

  /** Serves what the listener of this address says. Gives the port. */
  private static int serve(String name, int port) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    var service = ServerServiceDefinition.builder("echo.Echo");
    for (String method : List.of("echo.Echo/Say", "echo.Echo/Other")) {
      service.addMethod(method(method), ServerCalls.asyncUnaryCall((request, response) -> {
        response.onNext(bytes);
        response.onCompleted();
      }));
    }
    XdsServerBuilder builder = XdsServerBuilder.forAddress(
        new InetSocketAddress("127.0.0.1", port), XdsServerCredentials.create(InsecureServerCredentials.create()));
    builder.addService(service.build());
    Server server = builder.xdsServingStatusListener(new XdsServerBuilder.XdsServingStatusListener() {
      @Override
      public void onServing() {
        MODES.add("serving");
      }

      @Override
      public void onNotServing(Throwable reason) {
        MODES.add("not serving");
      }
    }).build();
    // Starting waits until there is a listener.
    new Thread(() -> {
      try {
        server.start();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }).start();
    return port;
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder().setType(MethodType.UNARY).setFullMethodName(name)
        .setRequestMarshaller(BYTES).setResponseMarshaller(BYTES).build();
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  };

  private Client() {}
}
