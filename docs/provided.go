package docs

import "strings"

// providedBy lists the modules that a Python package is known to bring.
func providedBy(name string) []string {
	if provider, ok := strings.CutPrefix(name, "apache-airflow-providers-"); ok {
		return []string{"airflow.providers." + strings.ReplaceAll(provider, "-", ".")}
	}
	return provided[fold(name)]
}

// provided lists, for Python packages whose modules cannot be told from the
// package's name or are often missing from guides, what they are known to
// bring. The keys are folded.
var provided = providedFrom(`
attrs: attr attrs
beautifulsoup4: bs4
dbt-core: dbt
django-rest-framework: rest_framework
djangorestframework: rest_framework
google-api-core: google.api_core
google-auth: google.auth google.oauth2
googleapis-common-protos: google.rpc google.api google.type google.longrunning
google-api-python-client: googleapiclient
grpcio: grpc
grpcio-health-checking: grpc_health
grpcio-reflection: grpc_reflection
grpcio-status: grpc_status
grpcio-tools: grpc_tools
hydra-core: hydra
msgpack-python: msgpack
mysqlclient: MySQLdb
opencv-python: cv2
opencv-python-headless: cv2
opencv-contrib-python: cv2
pillow: PIL
protobuf: google.protobuf
psycopg: psycopg psycopg_pool
psycopg2-binary: psycopg2
pycryptodome: Crypto
pycryptodomex: Cryptodome
pygobject: gi
pyjwt: jwt
pymupdf: fitz pymupdf
pynacl: nacl
pyopenssl: OpenSSL
pyserial: serial
python-dateutil: dateutil
python-dotenv: dotenv
python-jose: jose
python-magic: magic
python-multipart: python_multipart multipart
python-slugify: slugify
pyusb: usb
pyyaml: yaml
pyzmq: zmq
ruamel-yaml: ruamel.yaml
scikit-image: skimage
scikit-learn: sklearn
setuptools: setuptools pkg_resources
websocket-client: websocket
`)

func providedFrom(table string) map[string][]string {
	rows := map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		name, modules, _ := strings.Cut(line, ":")
		rows[fold(name)] = strings.Fields(modules)
	}
	return rows
}
