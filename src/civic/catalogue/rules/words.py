"""The closed vocabularies of a service: code -> what people read."""

LEVELS = {"PROVINCE": "省级", "CITY": "市级", "COUNTY": "县级", "TOWN": "乡级"}
KINDS = {"INSTANT": "即办件", "PROMISED": "承诺件"}
CATEGORIES = {
    "LICENCE": "行政许可",
    "CONFIRMATION": "行政确认",
    "PAYMENT": "行政给付",
    "PUBLIC_SERVICE": "公共服务",
    "OTHER": "其他行政权力",
}
AUDIENCES = {"PERSON": "个人", "ORGANISATION": "单位"}
DAY_UNITS = {"WORKDAY": "工作日", "NATURAL_DAY": "自然日"}
DELIVERIES = {"ELECTRONIC": "电子送达", "SELF_PICK": "窗口自取", "POST": "邮寄"}
RESULT_KINDS = {"LICENCE": "证照", "DOCUMENT": "文书", "NONE": "无实物结果"}
MATERIAL_SOURCES = {
    "APPLICANT": "申请人提供",
    "LICENCE": "电子证照调取",
    "EXCHANGE": "部门数据共享",
    "COMMITMENT": "告知承诺",
}
MATERIAL_FORMS = {"ELECTRONIC": "电子件", "PAPER": "纸质件", "EITHER": "电子件或纸质件"}

THEMES = {
    "社会保障": "Social security",
    "医疗卫生": "Health care",
    "就业创业": "Jobs and start-ups",
    "教育科研": "Education and research",
    "住房保障": "Housing",
    "不动产登记": "Property registration",
    "户籍办理": "Household registration",
    "证件办理": "Identity documents",
    "出境入境": "Exit and entry",
    "婚姻生育": "Marriage and children",
    "民政优抚": "Relief and veterans",
    "养老助残": "Older and disabled people",
    "交通出行": "Transport",
    "开办企业": "Starting and changing a business",
    "准营准办": "Business permits",
    "规划建设": "Planning and building",
    "环保绿化": "Environment and greenery",
    "文化体育": "Culture and sport",
    "司法公证": "Justice and notaries",
    "公用事业": "Water, power and gas",
    "纳税缴费": "Taxes and fees",
    "三农服务": "Farming and villages",
    "其他": "Other",
}
LIFE_EVENTS = {
    "出生": "Birth",
    "上学": "School",
    "就业": "Work",
    "创业": "Starting a business",
    "结婚": "Marriage",
    "购房": "Buying a home",
    "租房": "Renting",
    "就医": "Seeing a doctor",
    "生育": "Having a child",
    "退休": "Retirement",
    "养老": "Old age",
    "失业": "Losing a job",
    "残疾": "Disability",
    "困难救助": "Hardship",
    "购车": "Buying a car",
    "出行": "Travel",
    "开办企业": "Opening a company",
    "经营纳税": "Running a company",
    "企业注销": "Closing a company",
    "身后事": "After a death",
}

# What each field of a service is called in front of a person.
FIELD_NAMES = {
    "code": "事项编码",
    "basic_code": "基本编码",
    "name": "事项名称",
    "name_en": "英文名称",
    "summary": "事项简介",
    "summary_en": "英文简介",
    "conditions": "受理条件",
    "conditions_en": "英文受理条件",
    "aliases": "别名",
    "department": "实施部门",
    "level": "行权层级",
    "kind": "办件类型",
    "category": "事项类别",
    "audience": "服务对象",
    "theme": "主题",
    "life_events": "人生事项",
    "statutory_days": "法定办结时限",
    "promised_days": "承诺办结时限",
    "day_unit": "时限单位",
    "visits": "到现场次数",
    "online": "网上办理",
    "fee": "收费",
    "legal_basis": "设定依据",
    "results": "办理结果",
    "places": "办理地点",
    "consult_phone": "咨询电话",
    "complain_phone": "监督电话",
    "guide_url": "原办事指南",
    "materials": "申请材料",
    "form": "申请表单",
    "eligibility": "资格自测",
    "steps": "办理步骤",
    "decision": "决定部门",
    "delivery": "送达方式",
    "rules": "审批规则",
}
